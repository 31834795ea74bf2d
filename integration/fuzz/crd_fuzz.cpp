// Any text: never a crash, and what is accepted is written so that it is read back the same.
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  auto first = crd::parse_text({reinterpret_cast<const char*>(data), size});
  if (first.value.has_value() != first.problems.empty())
    std::abort();
  if (!first.value)
    return 0;
  auto written = crd::render(*first.value);
  auto second = crd::parse(written);
  if (!second.value || crd::render(*second.value) != written)
    std::abort();
  return 0;
}
