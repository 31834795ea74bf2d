// CRC-32 (IEEE 802.3), bit by bit: what it guards is small and rare.
#pragma once

#include <cstdint>
#include <string_view>

namespace scaleops::recommender_logic {

/// Goes on from `seed`, the sum of what came before; 0 at the start.
inline uint32_t crc32(uint32_t seed, std::string_view bytes) {
  uint32_t value = ~seed;
  for (unsigned char c : bytes) {
    value ^= c;
    for (int i = 0; i < 8; ++i)
      value = (value >> 1) ^ (0xedb88320u & (0u - (value & 1)));
  }
  return ~value;
}

}  // namespace scaleops::recommender_logic
