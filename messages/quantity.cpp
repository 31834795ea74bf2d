#include "messages/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace scaleops {

namespace {

// Exact within 128 bits: the mantissa holds up to 27 significant digits, more than the API server's
// own 18.
using wide = unsigned __int128;
constexpr int64_t largest = int64_t{1} << 53;  // exact in JSON's doubles as well

struct scale {
  int decimal = 0;  // power of ten
  int binary = 0;   // power of two
};

std::optional<scale> suffix_of(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, scale>, 17> table{{{"", {0, 0}},
                                                                             {"n", {-9, 0}},
                                                                             {"u", {-6, 0}},
                                                                             {"m", {-3, 0}},
                                                                             {"k", {3, 0}},
                                                                             {"M", {6, 0}},
                                                                             {"G", {9, 0}},
                                                                             {"T", {12, 0}},
                                                                             {"P", {15, 0}},
                                                                             {"E", {18, 0}},
                                                                             {"Ki", {0, 10}},
                                                                             {"Mi", {0, 20}},
                                                                             {"Gi", {0, 30}},
                                                                             {"Ti", {0, 40}},
                                                                             {"Pi", {0, 50}},
                                                                             {"Ei", {0, 60}},
                                                                             {"µ", {-6, 0}}}};
  for (auto& [name, value] : table)
    if (name == text)
      return value;
  return std::nullopt;
}

/// value × 10^shift, rounded up, as an integer of the unit that `shift` leads to.
quantity_error parse(std::string_view text, int extra_decimal, int64_t& out) {
  if (text.empty())
    return quantity_error::empty;
  size_t pos = 0;
  if (text[0] == '+')
    ++pos;
  else if (text[0] == '-')
    return quantity_error::out_of_range;
  wide mantissa = 0;
  int fraction = 0, digits = 0, significant = 0;
  bool dot = false;
  for (; pos < text.size(); ++pos) {
    char c = text[pos];
    if (c == '.' && !dot) {
      dot = true;
    } else if (c >= '0' && c <= '9') {
      ++digits;
      if (significant > 0 || c != '0')
        ++significant;
      if (significant > 27)
        return quantity_error::too_precise;
      mantissa = mantissa * 10 + unsigned(c - '0');
      fraction += dot;
    } else {
      break;
    }
  }
  if (digits == 0)
    return quantity_error::malformed;
  auto rest = text.substr(pos);
  scale by;
  if (rest.size() >= 2 && (rest[0] == 'e' || rest[0] == 'E') && rest != "Ei") {
    auto exponent = rest.substr(1);
    bool negative = exponent[0] == '-';
    if (exponent[0] == '-' || exponent[0] == '+')
      exponent.remove_prefix(1);
    if (exponent.empty() || exponent.size() > 3)
      return quantity_error::malformed;
    for (char c : exponent) {
      if (c < '0' || c > '9')
        return quantity_error::malformed;
      by.decimal = by.decimal * 10 + (c - '0');
    }
    if (negative)
      by.decimal = -by.decimal;
  } else if (auto found = suffix_of(rest)) {
    by = *found;
  } else {
    return quantity_error::unknown_suffix;
  }
  int power = by.decimal + extra_decimal - fraction;
  constexpr wide ceiling = ~wide{0} >> 1;
  if (mantissa != 0) {
    for (int i = 0; i < by.binary; ++i) {
      if (mantissa > ceiling / 2)
        return quantity_error::out_of_range;
      mantissa *= 2;
    }
    for (; power > 0; --power) {
      if (mantissa > ceiling / 10)
        return quantity_error::out_of_range;
      mantissa *= 10;
    }
    bool up = false;
    for (; power < 0 && mantissa != 0; ++power) {
      up |= mantissa % 10 != 0;
      mantissa /= 10;
    }
    mantissa += up;
  }
  if (mantissa > wide(largest))
    return quantity_error::out_of_range;
  out = int64_t(mantissa);
  return quantity_error::none;
}

/// Short enough to need no allocation; at admission a dozen are written for every pod.
std::string with_suffix(int64_t number, std::string_view suffix) {
  std::array<char, 24> text;
  auto* end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  end = std::copy(suffix.begin(), suffix.end(), end);
  return {text.data(), size_t(end - text.data())};
}

}  // namespace

std::string_view describe(quantity_error error) {
  switch (error) {
    case quantity_error::none:
      return "is valid";
    case quantity_error::empty:
      return "is empty";
    case quantity_error::malformed:
      return "is not a number with an optional suffix such as 250m, 1.5 or 128Mi";
    case quantity_error::unknown_suffix:
      return "has an unknown suffix (use n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei)";
    case quantity_error::out_of_range:
      return "is negative or too large";
    case quantity_error::too_precise:
      return "has too many digits";
  }
  return "";
}

quantity_error parse_cpu(std::string_view text, int64_t& millicores) {
  return parse(text, 3, millicores);
}

quantity_error parse_memory(std::string_view text, int64_t& bytes) {
  return parse(text, 0, bytes);
}

std::string format_cpu(int64_t millicores) {
  return millicores % 1000 == 0 ? with_suffix(millicores / 1000, "") : with_suffix(millicores, "m");
}

std::string format_memory(int64_t bytes) {
  static constexpr std::array<const char*, 7> suffixes = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  size_t power = 0;
  while (bytes != 0 && bytes % 1024 == 0 && power + 1 < suffixes.size()) {
    bytes /= 1024;
    ++power;
  }
  return with_suffix(bytes, suffixes[power]);
}

}  // namespace scaleops
