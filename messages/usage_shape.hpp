// The shape of a container's learned usage, for charts and explanations. No CAF here.
#pragma once

#include <cstdint>
#include <vector>

namespace scaleops {

struct usage_shape {
  std::vector<double> cpu_percentiles;  // P1, P5, P10 … P95, P99 in millicores; see `levels`
  std::vector<double> levels;           // the percentiles' levels, 0 to 1
  std::vector<double>
    cpu_by_hour;            // 168 values, millicores, hour 0 = Monday 00:00 UTC; empty: unknown
  int64_t memory_peak = 0;  // bytes, in the policy's window
  double hours = 0;         // of usage seen
};

}  // namespace scaleops
