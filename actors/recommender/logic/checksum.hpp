// CRC-32 (IEEE 802.3) of what is stored.
#pragma once

#include <cstdint>
#include <string_view>

#include <zlib.h>

namespace scaleops::recommender_logic {

/// Goes on from `seed`, the sum of what came before; 0 at the start.
inline uint32_t crc32(uint32_t seed, std::string_view bytes) {
  // zlib takes a null pointer for a question.
  return bytes.empty()
           ? seed
           : uint32_t(::crc32_z(seed, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace scaleops::recommender_logic
