// What the bench prints: tables for people, and which goals were met.
#pragma once

#include <string>
#include <vector>

#include "integration/bench/platform_bench.hpp"

namespace scaleops::bench {

struct goal {
  std::string name;  // "CPU of the platform at 10,000 workloads"
  double is = 0;
  double bound = 0;
  std::string unit;
  bool at_least = false;  // else at most
  bool met() const { return at_least ? is >= bound : is <= bound; }
};

/// What the platform may cost at the large size, and how it may grow from the small one.
struct platform_limits {
  double cores = 1;
  double memory_mib = 1536;
};
std::vector<goal> judge(const platform_cost& small, const platform_cost& large,
                        const platform_limits& limits);

std::string table_of(const platform_cost& cost);
std::string growth_of(const platform_cost& small, const platform_cost& large);
/// One line each; those that were missed say so.
std::string table_of(const std::vector<goal>& goals);
/// A line on standard error for each that was missed; how many were.
int complain(const std::vector<goal>& goals);

}  // namespace scaleops::bench
