// Any bytes as what the API server says in Protobuf: objects, lists, watches. Never a crash; a list
// has items or a problem; and the pieces in which a watch comes change nothing.
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/event_splitter.hpp"
#include "runtime/kube/status.hpp"

namespace {

using namespace scaleops;

std::vector<std::string> events_of(std::string_view bytes, size_t step, bool& alive) {
  std::vector<std::string> out;
  kube::event_splitter splitter{1 << 16};
  alive = true;
  for (size_t at = 0; alive && at < bytes.size(); at += step)
    alive = splitter.feed(bytes.substr(at, step), [&](std::string_view event) {
      out.emplace_back(event);
      return true;
    });
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes{reinterpret_cast<const char*>(data), size};
  static kube::decoder decode;
  static const kube::resource_catalog catalog;
  for (size_t kind = 0; kind <= size_t(object_kind::event); ++kind)
    for (auto& type : catalog.types_of(object_kind(kind))) {
      auto one = decode.object(object_kind(kind), type, bytes);
      if (one.value == nullptr && one.problem.empty())
        std::abort();
      auto list = decode.list(object_kind(kind), type, bytes);
      if (!list.problem.empty() && !list.items.empty())
        std::abort();
    }
  kube::failure_of_status(403, bytes, "list pods", "anyone");

  bool whole_alive = false, pieces_alive = false;
  auto whole = events_of(bytes, std::max<size_t>(size, 1), whole_alive);
  auto pieces = events_of(bytes, 3, pieces_alive);
  if (whole_alive != pieces_alive || whole != pieces)
    std::abort();
  auto& type = catalog.types_of(object_kind::pod).front();
  for (auto& each : whole) {
    auto event = decode.event(object_kind::pod, type, each);
    bool told = event.event.object || event.event.what == watch_event::type::bookmark;
    if (event.problem.empty() && event.error_status == 0 && !told)
      std::abort();
  }
  return 0;
}
