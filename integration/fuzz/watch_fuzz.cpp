// Any bytes as a server's answer to a watch: HTTP framing, lines, events. Never a crash, and the
// pieces in which the bytes come change nothing.
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/http_reader.hpp"
#include "runtime/kube/line_splitter.hpp"

namespace {

using namespace scaleops;

struct outcome {
  kube::http_reader::state state = kube::http_reader::state::head;
  int status = 0;
  std::string body;
  std::string lines;
  bool operator==(const outcome&) const = default;
};

outcome read(std::string_view bytes, size_t step) {
  outcome out;
  kube::line_splitter lines{1 << 16};
  bool alive = true;
  kube::http_reader reader{{[&](const kube::http_head& head) { out.status = head.status; },
                            [&](std::string_view piece) {
                              out.body += piece;
                              alive = alive && lines.feed(piece, [&](std::string_view line) {
                                out.lines += std::string(line) + "\n";
                                return true;
                              });
                            }}};
  for (size_t at = 0; at < bytes.size(); at += step)
    reader.feed(bytes.substr(at, step));
  out.state = reader.finish();
  if (!alive)
    out.lines.clear();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  auto whole = read(bytes, std::max<size_t>(size, 1));
  auto pieces = read(bytes, 3);
  // A head that is too long is noticed sooner or later, by its pieces; all else must agree.
  if (whole.state == kube::http_reader::state::done && !(pieces == whole))
    std::abort();
  static kube::decoder decode;
  static const kube::resource_catalog catalog;
  auto& type = catalog.types_of(object_kind::pod).front();
  kube::line_splitter lines;
  lines.feed(bytes, [&](std::string_view line) {
    auto event = decode.event(object_kind::pod, type, line);
    bool told = event.event.object || event.event.what == watch_event::type::bookmark;
    if (event.problem.empty() && event.error_status == 0 && !told)
      std::abort();
    return true;
  });
  return 0;
}
