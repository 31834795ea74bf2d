// What the seed draws as cluster: a few nodes, workloads of all kinds with made-up usage, what
// guards them (budgets, ranges, quotas, autoscalers), and who was granted what.
#pragma once

#include "messages/entropy.hpp"
#include "runtime/embedded/cluster_spec.hpp"

namespace scaleops::sim {

/// 3 to 6 nodes, 6 to 15 workloads, 20 to 45 pods in three namespaces. `start` dates the grants.
embedded::cluster_spec draw_cluster(uint64_t seed, instant start);

/// One ordinary workload for scenarios that need a known one.
struct made_workload {
  std::string ns = "shop";
  std::string name = "web";
  std::string kind = "Deployment";
  int32_t replicas = 2;
  double cpu = 0.05;     // cores a pod, at most
  double memory = 80e6;  // bytes a pod
  container_resources resources{{500, int64_t{400} << 20}, {std::nullopt, int64_t{600} << 20}};
  embedded::curve_shape shape = embedded::curve_shape::steady;
};
embedded::workload_spec make_workload(const made_workload& wish, uint64_t seed = 1);

/// Grants a whole namespace.
object make_grant(const std::string& ns, instant at);

/// Nodes "node-1" and so on.
std::vector<node> make_nodes(int count, int64_t cpu_millicores = 4'000,
                             int64_t memory_bytes = int64_t{16} << 30);

}  // namespace scaleops::sim
