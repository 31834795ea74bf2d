// The one source of randomness: handed down from the seed, so that the same seed gives the same
// history.
#pragma once

#include <cstdint>
#include <random>

namespace scaleops {

/// Own bounded draws, because the standard distributions differ between libraries.
class entropy {
public:
  explicit entropy(uint64_t seed) : x_(seed) {}

  uint64_t next() { return x_(); }

  /// Uniform in [0, bound); 0 for a bound of 0.
  uint64_t below(uint64_t bound) {
    if (bound == 0)
      return 0;
    const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value = x_();
    while (value >= limit)
      value = x_();
    return value % bound;
  }

  /// Uniform in [0, 1).
  double unit() { return double(x_() >> 11) * 0x1.0p-53; }

  double between(double low, double high) { return low + (high - low) * unit(); }

  bool chance(double probability) { return unit() < probability; }

  /// An independent stream for a part, so that parts do not disturb each other's draws.
  entropy fork() { return entropy{x_() ^ 0x9e3779b97f4a7c15ULL}; }

private:
  std::mt19937_64 x_;
};

}  // namespace scaleops
