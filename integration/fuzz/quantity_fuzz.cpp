// Any text as quantity, time and duration: never a crash; the canonical form is read back the same.
#include <cstdlib>
#include <string_view>

#include "messages/quantity.hpp"
#include "messages/time.hpp"

namespace {

void check(bool holds) {
  if (!holds)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  int64_t value = -1, back = -1;
  if (parse_cpu(text, value) == quantity_error::none)
    check(value >= 0 && parse_cpu(format_cpu(value), back) == quantity_error::none &&
          back == value);
  else
    check(value == -1);
  value = back = -1;
  if (parse_memory(text, value) == quantity_error::none)
    check(value >= 0 && parse_memory(format_memory(value), back) == quantity_error::none &&
          back == value);
  else
    check(value == -1);
  milliseconds span{-1}, span_back{-1};
  if (parse_duration(text, span))
    check(parse_duration(format_duration(span), span_back) && span_back == span);
  instant at{};
  if (parse_rfc3339(text, at)) {
    instant again{};
    check(parse_rfc3339(format_rfc3339(at), again) &&
          std::chrono::floor<std::chrono::seconds>(at) == again);
  }
  return 0;
}
