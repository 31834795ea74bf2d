// CRC-32 (IEEE 802.3), by a table of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace scaleops::recommender_logic {

inline constexpr auto crc32_table = [] {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t value = byte;
    for (int i = 0; i < 8; ++i)
      value = (value >> 1) ^ (0xedb88320u & (0u - (value & 1)));
    table[byte] = value;
  }
  return table;
}();

/// Goes on from `seed`, the sum of what came before; 0 at the start.
inline uint32_t crc32(uint32_t seed, std::string_view bytes) {
  uint32_t value = ~seed;
  for (unsigned char c : bytes)
    value = (value >> 8) ^ crc32_table[(value ^ c) & 0xff];
  return ~value;
}

}  // namespace scaleops::recommender_logic
