// What an embedded cluster is made of at its beginning, and the makers of such clusters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/objects.hpp"
#include "runtime/embedded/usage_curve.hpp"

namespace scaleops::embedded {

/// How one container of a workload behaves.
struct container_load {
  std::string container;
  usage_curve_ptr curve;
  bool per_pod = false;  // true: every pod uses the curve's CPU; false: the pods share it
  bool shared_memory =
    false;              // true: the pods share the curve's memory too; false: every pod uses it
  double skew = 0.1;    // half width of the lasting difference between pods, share
  double noise = 0.05;  // half width of the change from step to step, share
  double burst =
    0.25;  // half width of the momentary demand about its mean, share: throttling below the limit
  double leak = 0;      // bytes per hour of the container's life
  double boot_cpu = 0;  // cores, in addition, while the container starts up
};

struct load_profile {
  std::vector<container_load> containers;
  milliseconds start_up = std::chrono::seconds{5};  // from the container's start until it is ready
  milliseconds stop = std::chrono::seconds{2};      // from the wish to delete until it is gone
  milliseconds run_for{};                           // jobs: length of a run; zero: runs on
};
using load_profile_ptr = std::shared_ptr<const load_profile>;

struct workload_spec {
  workload object;
  load_profile_ptr load;
};

struct cluster_spec {
  std::vector<namespace_object> namespaces;  // namespaces of workloads are added where missing
  std::vector<node> nodes;
  std::vector<workload_spec> workloads;
  std::vector<object>
    others;  // PodDisruptionBudgets, HPAs, LimitRanges, ResourceQuotas, policies, ...

  size_t pods() const;  // that the workloads want; DaemonSets count once per node
};

/// A node with what the system keeps for itself already taken off: 6 % of the CPU, 100 MiB and 6 %
/// of the memory.
node make_node(std::string name, int64_t cpu_millicores, int64_t memory_bytes,
               int32_t max_pods = 110);

/// About 60 workloads, 500 pods and 12 nodes as one finds them: web services, Java, databases,
/// queues, sidecars, jobs; most requests far too high, some too low. The same seed gives the same
/// cluster.
cluster_spec make_demo(uint64_t seed);

/// One recorded series as a workload of its own.
struct trace_series {
  std::string name;
  std::vector<trace_point> points;
};
/// One Deployment of `replicas` pods per series, in namespace "traces", starting requests of
/// `factor` times the series' 99th percentile, memory limit at `memory_limit` times its request (0:
/// no limit), and nodes enough for all of them twice.
struct trace_options {
  instant start{};  // where the series begin
  double factor = 2.0;
  double memory_limit = 1.0;
  int32_t replicas = 1;
};
cluster_spec make_trace_cluster(const std::vector<trace_series>& series,
                                const trace_options& options);

/// For benchmarks: `workloads` Deployments of equal size with `containers` containers in all (two
/// per pod).
cluster_spec make_scale(uint64_t seed, size_t workloads, size_t containers);

}  // namespace scaleops::embedded
