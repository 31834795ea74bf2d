// How the kernel divides a node's CPU, and what a CFS quota does to a demand that varies: pure
// arithmetic.
#pragma once

#include <vector>

namespace scaleops::embedded {

struct cpu_claim {
  double want = 0;    // cores, already cut at the limit
  double weight = 1;  // cpu.shares: the request
  double got = 0;     // the answer
};

/// Weighted fair shares: who wants less than its share gets all, the rest is divided anew.
void share_cpu(std::vector<cpu_claim>& claims, double capacity);

struct throttling {
  double share = 0;  // of the CFS periods, 0 to 1
  double lost = 0;   // cores that had to wait
};

/// A demand whose momentary value is uniform within `burst` (share) about its mean, against a limit
/// in cores.
throttling throttle(double demand, double burst, double limit);

}  // namespace scaleops::embedded
