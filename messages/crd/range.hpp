// What a field may hold, as a test and in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "messages/time.hpp"

namespace scaleops::crd {

/// Bytes of a text, entries of a list: the API server bounds what rules cost by these.
inline constexpr size_t longest_text = 4096;
inline constexpr size_t most_items = 256;

struct integer_range {
  int64_t low = 0;
  int64_t high = std::numeric_limits<int64_t>::max();
};

struct number_range {
  double low = 0;
  double high = 1;
  bool above_low = false;  // `low` itself is refused
  std::string_view unit;   // in words, such as "as a fraction: 0.95 is the 95th percentile"
};

struct duration_range {
  milliseconds low{};
  milliseconds high = std::chrono::hours{24 * 3650};
};

/// Forms that a text must have.
enum class text_form : uint8_t {
  any,   // up to 4,096 bytes
  name,  // DNS subdomain: the name of an object
  optional_name,
  label_name,  // DNS label: the name of a namespace or a container
  required,    // any, but not empty
  zone,        // IANA time zone
  hex,         // lower-case hexadecimal digits
};

/// Whether the text has the form; `words` completes "... is not ".
bool has_form(std::string_view text, text_form form);
std::string_view words_of(text_form form);

}  // namespace scaleops::crd
