// Any text as an object or a list of every kind, and as a failure's status: never a crash.
#include <cstdlib>
#include <string_view>

#include "runtime/kube/codec/decode.hpp"
#include "runtime/kube/codec/encode.hpp"
#include "runtime/kube/status.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  if (size == 0)
    return 0;
  // The first byte picks the kind.
  static const kube::resource_catalog catalog;
  static kube::decoder decode;
  auto kind = object_kind(data[0] % object_kind_count);
  auto& types = catalog.types_of(kind);
  auto& type = types[(data[0] / object_kind_count) % types.size()];
  std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  auto one = decode.object(kind, type, text);
  if ((one.value == nullptr) != !one.problem.empty())
    std::abort();
  if (one.value) {
    kube::encode_create(*one.value, type);
    kube::encode_update(*one.value, false);
    kube::encode_update(*one.value, true);
  }
  auto list = decode.list(kind, type, text);
  for (auto& item : list.items)
    if (!item || kind_of(*item) != kind)
      std::abort();
  kube::failure_of_status(422, text, "read", "test");
  bool accepted = false;
  user_info who;
  kube::decode_token_review(std::string(text), accepted, who);
  access_answer answer;
  kube::decode_access_review(std::string(text), answer);
  return 0;
}
