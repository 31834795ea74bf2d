// What a workload's container would use if nothing held it back, as a function of wall time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "messages/time.hpp"

namespace scaleops::embedded {

struct curve_point {
  double cpu = 0;     // cores
  double memory = 0;  // bytes
};

class usage_curve {
public:
  virtual ~usage_curve() = default;
  virtual curve_point at(instant when) const = 0;
};
using usage_curve_ptr = std::shared_ptr<const usage_curve>;

/// One sample of a recorded series. Negative: not measured there.
struct trace_point {
  int64_t second = 0;  // Unix time
  double cpu = -1;     // cores
  double memory = -1;  // bytes
};

/// A recorded series played from its first sample on, starting at `start` of the simulated time.
/// The value of a sample holds until the next one, over gaps of one hour at most; longer gaps are
/// cut out and their ends joined. After the last sample the series begins anew. A value that was
/// not measured is the last measured one (the first one before that). `points` must be in rising
/// order of time; empty points give a curve that is always zero.
usage_curve_ptr make_trace_curve(const std::vector<trace_point>& points, instant start);

/// Shapes of the generator.
enum class curve_shape : uint8_t { steady, diurnal, weekly, bursty, batch, step };

/// A made-up curve. Memory follows the load a little; leaks and boot spikes belong to the
/// container, not to the time, and stand in container_load.
struct curve_recipe {
  curve_shape shape = curve_shape::steady;
  double cpu_low = 0.05;      // cores
  double cpu_high = 0.1;      // cores
  double memory_low = 64e6;   // bytes, at cpu_low
  double memory_high = 64e6;  // bytes, at cpu_high
  milliseconds period =
    std::chrono::hours{24};  // bursty, batch: from burst to burst; step: one step each
  double duty = 0.1;         // bursty, batch: share of the period that is high
  milliseconds phase{};      // shifts the curve
  uint64_t seed = 1;         // of bursts and steps
};
usage_curve_ptr make_curve(const curve_recipe& recipe);

}  // namespace scaleops::embedded
