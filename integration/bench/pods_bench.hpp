// Our decoding of pods and what a cache of them costs, beside client-go's: the same pages, written
// by Kubernetes' own encoder (integration/bench/pods).
#pragma once

#include <string>
#include <vector>

#include "integration/bench/vpa_bench.hpp"

namespace scaleops::bench {

struct pods_wishes {
  std::string program;  // of integration/bench/pods; empty: not measured
  size_t pods = 100'000;
  size_t page = 500;  // pods of one answer, as both clients ask for
  int rounds = 3;
};

/// Throws std::runtime_error when something cannot be measured.
std::vector<comparison> compare_with_client_go(const pods_wishes& with);

std::string table_of(const std::vector<comparison>& all, const pods_wishes& with);

}  // namespace scaleops::bench
