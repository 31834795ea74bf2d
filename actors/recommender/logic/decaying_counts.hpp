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
  static constexpr size_t block = buckets % 16 == 0 ? 16 : 8, blocks = buckets / block;
  static_assert(buckets % block == 0 && buckets <= 256);

  std::array<uint16_t, buckets> counts{};

  void add(size_t bucket, uint32_t amount) {
    uint32_t sum = counts[bucket] + amount;
    if (sum > 0xffff) [[unlikely]] {
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
    uint32_t ignored = 0;
    return position(q, ignored);
  }
  /// The same, and the total that it has to add up anyhow.
  float position(float q, uint32_t& all) const {
    // Sums of blocks first: most buckets are then never looked at one by one. All sums are below
    // 2^24, so that float holds them exactly.
    std::array<uint32_t, blocks> sums;
    all = 0;
    for (size_t b = 0; b < blocks; ++b) {
      uint32_t sum = 0;
      for (size_t i = 0; i < block; ++i)
        sum += counts[b * block + i];
      sums[b] = sum;
      all += sum;
    }
    if (all == 0)
      return -1;
    float wanted = q * float(all);
    uint32_t sum = 0;
    for (size_t b = 0; b < blocks; ++b) {
      if (sums[b] == 0 || float(sum + sums[b]) < wanted) {
        sum += sums[b];
        continue;
      }
      for (size_t i = b * block;; ++i) {
        uint32_t count = counts[i];
        if (count > 0 && float(sum + count) >= wanted)
          return float(i) + std::clamp((wanted - float(sum)) / float(count), 0.0f, 1.0f);
        sum += count;
      }
    }
    size_t end = buckets;  // q above 1
    while (counts[end - 1] == 0)
      --end;
    return float(end);
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
