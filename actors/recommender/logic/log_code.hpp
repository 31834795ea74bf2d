// Positive numbers as small integers on a logarithmic scale, without calling log(): the float's own
// bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace scaleops::recommender_logic {

/// Bucket of a value >= 0 with 2^sub_bits linear steps per octave, 0 below 1. Monotonic.
template <int sub_bits>
constexpr int log_bucket(float value) {
  if (!(value >= 1.0f))
    return 0;
  return int(std::bit_cast<uint32_t>(value) >> (23 - sub_bits)) - (127 << sub_bits);
}

/// Lower edge of a bucket.
template <int sub_bits>
constexpr float log_bucket_start(int bucket) {
  if (bucket <= 0)
    return 0;
  return std::bit_cast<float>(uint32_t(bucket + (127 << sub_bits)) << (23 - sub_bits));
}

/// The same where bucket 0 starts at 1 instead of 0.
template <int sub_bits>
constexpr float log_bucket_start_all(int bucket) {
  return std::bit_cast<float>(uint32_t(bucket + (127 << sub_bits)) << (23 - sub_bits));
}

/// 16-bit code, 11 bits of mantissa (error below 0.05 %), always rounded up: a coded peak is never
/// too low.
constexpr uint16_t encode_up(float value) {
  if (!(value >= 1.0f))
    return value > 0 ? 1 : 0;
  uint32_t bits = std::bit_cast<uint32_t>(value) - (127u << 23);
  return uint16_t(std::min<uint32_t>(((bits + 0xfff) >> 12) + 1, 0xffff));
}
constexpr float decode(uint16_t code) {
  return code == 0 ? 0 : std::bit_cast<float>((uint32_t(code - 1) << 12) + (127u << 23));
}

/// 16-bit code of a sample that waits, 11 bits of mantissa from 1/256 to 2^24, the rest cut off: it
/// stays in its bucket. 0: less.
constexpr uint16_t encode_sample(float value) {
  constexpr uint32_t least = 119u << 23;
  auto bits = std::bit_cast<uint32_t>(value);
  return bits <= least ? uint16_t{0} : uint16_t(std::min<uint32_t>((bits - least) >> 12, 0xffff));
}
constexpr float decode_sample(uint16_t code) {
  return code == 0 ? 0 : std::bit_cast<float>((uint32_t{code} << 12) + (119u << 23));
}

}  // namespace scaleops::recommender_logic
