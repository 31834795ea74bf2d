// Plain values that every component speaks: who a pod and a workload are, and what they may use. No
// CAF here.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace scaleops {

/// Kubernetes' label or annotation map; ordered, because hash order would break replay.
using string_map = std::map<std::string, std::string>;

struct pod_ref {
  std::string ns;
  std::string name;
  auto operator<=>(const pod_ref&) const = default;
};

/// What owns a pod at the top of its owner chain. Field order gives the sort order.
struct workload_ref {
  std::string ns;
  std::string
    kind;  // Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Rollout, Pod, ...
  std::string name;
  auto operator<=>(const workload_ref&) const = default;

  /// "<kind>-<name>" in lower case: the name of the workload's Recommendation.
  std::string object_name() const;
  /// "namespace/Kind/name", for people, logs and URLs.
  std::string to_string() const;
  static std::optional<workload_ref> parse(std::string_view text);
};

/// Requests or limits of one container. Absent means: not set.
struct resources {
  std::optional<int64_t> cpu;     // millicores
  std::optional<int64_t> memory;  // bytes
  auto operator<=>(const resources&) const = default;
};

/// `resources:` of a container spec.
struct container_resources {
  resources requests;
  resources limits;
  auto operator<=>(const container_resources&) const = default;
};

/// Kubernetes' QoS classes (https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/).
enum class qos_class : uint8_t { best_effort, burstable, guaranteed };
std::string_view to_string(qos_class qos);

/// The class that a pod of these containers gets.
qos_class qos_of(const std::vector<container_resources>& containers);

/// One container's use, averaged over the scrape interval that ended at `at`.
struct usage_sample {
  instant at{};
  float cpu = 0;        // millicores
  float throttled = 0;  // share of CFS periods throttled, 0 to 1
  int64_t memory = -1;  // working set, bytes; -1: not measured
  bool has_cpu = true;  // false: not measured (first scrape after a start)
};

enum class kill_cause : uint8_t {
  container_limit,  // the container's own memory limit
  node_pressure,    // the node ran out: usage was below the limit
};

/// A container was OOM-killed.
struct oom_event {
  instant at{};
  instant started{};           // when the killed container had started; zero: unknown
  int64_t memory_limit = 0;    // limit in force, bytes; 0: none
  int64_t memory_request = 0;  // request in force, bytes; 0: none
  int64_t memory_peak = 0;     // last known use, bytes; 0: unknown
  kill_cause cause = kill_cause::container_limit;
};

}  // namespace scaleops
