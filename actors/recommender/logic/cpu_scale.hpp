// The axes on which CPU usage and the predictors' errors are counted.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "actors/recommender/logic/log_code.hpp"

namespace scaleops::recommender_logic {

inline constexpr uint32_t slot_s = 300, slots_an_hour = 12;
inline constexpr float error_half_life = 864;  // slots: three days
/// One day where the request follows the load, three where it seldom changes.
inline float usage_half_life(bool follow) {
  return follow ? 288 : 864;
}

inline constexpr int usage_first = 16;  // log bucket of 4 millicores

/// Hour 0 of 1970 was a Thursday: hour 0 of our week is Monday 00:00.
inline size_t week_hour(uint32_t hour) {
  return (hour + 72) % 168;
}

inline size_t usage_bucket(float millicores, int buckets) {
  return size_t(std::clamp(log_bucket<3>(millicores) - usage_first, 0, buckets - 1));
}
inline float usage_at(float position) {
  int bucket = int(position);
  float from = bucket == 0 ? 0 : log_bucket_start<3>(bucket + usage_first);
  float to = log_bucket_start<3>(bucket + usage_first + 1);
  return from + (to - from) * (position - float(bucket));
}

/// usage / prediction on the errors' axis: 8 steps an octave from 1/4 to 4, then 1 an octave to
/// 1024.
inline constexpr int fine_errors = 32;
/// Of 4 × the ratio, as a number >= 0: both scales are read from its bits.
inline size_t error_bucket_of_fourfold(float ratio4, int buckets) {
  auto bits = int(std::bit_cast<uint32_t>(ratio4));
  int fine = (bits >> 20) - (127 << 3);
  int coarse = (bits >> 23) - 127 - 4 + fine_errors;
  return size_t(std::clamp(fine < fine_errors ? fine : coarse, 0, buckets - 1));
}
inline float error_edge(int bucket) {
  if (bucket <= 0)
    return 0;
  return bucket < fine_errors ? log_bucket_start<3>(bucket) * 0.25f
                              : log_bucket_start_all<0>(bucket - fine_errors) * 4;
}
/// Middle of each bucket.
inline const std::array<float, 40> error_middles = [] {
  std::array<float, 40> out{};
  for (int i = 0; i < 40; ++i)
    out[size_t(i)] = (error_edge(i) + error_edge(i + 1)) / 2;
  return out;
}();

inline float error_at(float position) {
  int bucket = int(position);
  float from = error_edge(bucket);
  return from + (error_edge(bucket + 1) - from) * (position - float(bucket));
}

/// One byte for an hour's peak: 8 steps an octave from 1 millicore, rounded up.
inline uint8_t encode_hour(float value) {
  if (value <= 0)
    return 0;
  return uint8_t(std::clamp(log_bucket<3>(std::max(1.0f, value)) + 2, 1, 255));
}
inline float decode_hour(uint8_t code) {
  return code == 0 ? 0 : log_bucket_start<3>(code - 1);
}

}  // namespace scaleops::recommender_logic
