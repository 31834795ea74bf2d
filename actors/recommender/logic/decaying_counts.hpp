// A histogram of 16-bit counters that fades: new evidence is added with a slowly growing weight,
// and all counters are halved when the weight has doubled. So decay costs nothing per sample, and
// its half-life is exact.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace scaleops::recommender_logic {

template <size_t buckets>
struct decaying_counts {
  std::array<uint16_t, buckets> counts{};

  void add(size_t bucket, uint32_t amount) {
    uint32_t sum = counts[bucket] + amount;
    if (sum > 0xffff) {
      halve();  // more pods than expected: only proportions matter
      sum = counts[bucket] + amount;
    }
    counts[bucket] = uint16_t(std::min<uint32_t>(sum, 0xffff));
  }
  void halve() {
    for (auto& c : counts)
      c = uint16_t(c >> 1);
  }
  uint32_t total() const {
    uint32_t sum = 0;
    for (auto c : counts)
      sum += c;
    return sum;
  }
  /// Position of quantile q on the bucket axis (1.5 = middle of bucket 1); negative when empty.
  float position(float q) const {
    uint32_t all = total();
    if (all == 0)
      return -1;
    float wanted = q * float(all), sum = 0;
    size_t last = 0;
    for (size_t i = 0; i < buckets; ++i) {
      float count = counts[i];
      if (count == 0)
        continue;
      if (sum + count >= wanted)
        return float(i) + std::clamp((wanted - sum) / count, 0.0f, 1.0f);
      sum += count;
      last = i;
    }
    return float(last + 1);
  }
  /// Adds other's counts times a factor. Halves both sides' scale (returned) where a counter would
  /// overflow.
  bool merge(const decaying_counts& other, float factor) {
    float most = 0;
    for (size_t i = 0; i < buckets; ++i)
      most = std::max(most, float(counts[i]) + float(other.counts[i]) * factor);
    float scale = most > 65535 ? 0.5f : 1.0f;
    for (size_t i = 0; i < buckets; ++i)
      counts[i] = uint16_t(
        std::min(65535.0f, (float(counts[i]) + float(other.counts[i]) * factor) * scale + 0.5f));
    return scale < 1;
  }
  bool operator==(const decaying_counts&) const = default;
};

}  // namespace scaleops::recommender_logic
