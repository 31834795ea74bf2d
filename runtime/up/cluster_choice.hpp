// Which embedded cluster `scaleops up` runs on: made from recorded usage or from the seed, with the
// grants that stand in it from the start.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/embedded/cluster_spec.hpp"

namespace scaleops {

struct cluster_choice {
  embedded::cluster_spec spec;
  std::set<std::string> granted;  // namespaces whose workloads are automated
  std::string description;        // one line for people
};

struct cluster_wish {
  std::vector<std::string> traces;  // files; empty: a made-up cluster
  uint64_t seed = 1;
  uint64_t workloads = 60;  // of a made-up cluster
  uint64_t nodes = 12;
  instant begin{};  // where recorded series start to play
};

/// Reads the traces or makes a cluster up. On failure `error` is one line that names file, line and
/// field.
bool choose_cluster(const cluster_wish& wish, cluster_choice& choice, std::string& error);

}  // namespace scaleops
