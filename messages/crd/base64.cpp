#include "messages/crd/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace scaleops {

namespace {

constexpr std::string_view alphabet =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> make_values() {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < alphabet.size(); ++i)
    values[uint8_t(alphabet[i])] = int8_t(i);
  return values;
}
constexpr auto values = make_values();

/// Two letters for each twelve bits.
constexpr std::array<std::array<char, 2>, 4096> make_pairs() {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i)
    pairs[i] = {alphabet[i >> 6], alphabet[i & 63]};
  return pairs;
}
constexpr auto pairs = make_pairs();

}  // namespace

std::string encode_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  auto* to = out.data();
  auto byte = [&](size_t i) { return uint32_t(uint8_t(bytes[i])); };
  size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3, to += 4) {
    auto group = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    std::copy_n(pairs[group >> 12].data(), 2, to);
    std::copy_n(pairs[group & 4095].data(), 2, to + 2);
  }
  if (bytes.size() - i == 1) {
    std::copy_n(pairs[byte(i) << 4].data(), 2, to);
  } else if (bytes.size() - i == 2) {
    auto group = byte(i) << 16 | byte(i + 1) << 8;
    std::copy_n(pairs[group >> 12].data(), 2, to);
    to[2] = alphabet[group >> 6 & 63];
  }
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string out;
  out.reserve(text.size() / 4 * 3);
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t group = 0;
    size_t filled = i + 4 == text.size() ? 4 - padding : 4;
    for (size_t j = 0; j < 4; ++j) {
      auto value = j < filled ? values[uint8_t(text[i + j])] : int8_t{0};
      if (value < 0)
        return std::nullopt;
      group = group << 6 | uint32_t(value);
    }
    for (size_t j = 0; j + 1 < filled; ++j)
      out += char(group >> (16 - 8 * j) & 255);
    if ((filled == 2 && (group & 0xffff) != 0) || (filled == 3 && (group & 0xff) != 0))
      return std::nullopt;  // two texts for the same bytes would break comparisons
  }
  return out;
}

}  // namespace scaleops
