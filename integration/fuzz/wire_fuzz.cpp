// Any bytes as an envelope: never a crash; what is accepted can be sent on, and arrives the same.
#include <cstdlib>
#include <string_view>

#include "messages/wire/codec.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  auto first = wire::decode({reinterpret_cast<const char*>(data), size});
  if (first.value.has_value() != first.problem.empty())
    std::abort();
  if (!first.value)
    return 0;
  auto bytes = wire::encode(*first.value);
  if (!bytes)
    std::abort();
  auto second = wire::decode(*bytes);
  if (!second.value || second.value->id != first.value->id ||
      second.value->what.index() != first.value->what.index())
    std::abort();
  return 0;
}
