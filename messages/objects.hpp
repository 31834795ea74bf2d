// The Kubernetes objects that the platform reads or writes, each with the fields it needs and no
// more. Field meanings: https://kubernetes.io/docs/reference/kubernetes-api/
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "messages/cluster.hpp"
#include "messages/policy.hpp"
#include "messages/recommendation.hpp"
#include "messages/shared.hpp"

namespace scaleops {

struct owner_reference {
  std::string kind;
  std::string name;
  std::string uid;
  bool controller = true;
  bool operator==(const owner_reference&) const = default;
};

struct metadata {
  std::string ns;  // empty: cluster-scoped
  std::string name;
  std::string uid;
  uint64_t resource_version = 0;
  int64_t generation = 0;
  instant created{};
  std::optional<instant> deleted;  // deletionTimestamp
  shared_map labels;
  shared_map annotations;
  shared_list<owner_reference> owners;
  bool operator==(const metadata&) const = default;
};

enum class resize_policy : uint8_t { not_required, restart_container };

enum class container_role : uint8_t { main, init, sidecar /* init with restartPolicy Always */ };

struct container_spec {
  std::string name;
  std::string image;
  container_role role = container_role::main;
  container_resources resources;
  resize_policy resize_cpu = resize_policy::not_required;
  resize_policy resize_memory = resize_policy::not_required;
  bool operator==(const container_spec&) const = default;
};

/// lastState.terminated
struct termination {
  std::string reason;  // "OOMKilled", "Error", "Completed"
  int32_t exit_code = 0;
  instant started{};
  instant finished{};
  bool operator==(const termination&) const = default;
};

struct container_status {
  std::string name;
  bool ready = false;
  int32_t restarts = 0;
  instant started{};           // of the running container; zero: not running
  resources allocated;         // allocatedResources: admitted requests
  container_resources actual;  // resources: what the runtime enforces
  std::optional<termination> last_termination;
  bool operator==(const container_status&) const = default;
};

enum class pod_phase : uint8_t { pending, running, succeeded, failed };
std::string_view to_string(pod_phase phase);

/// The pod's resize conditions (KEP-1287): PodResizePending and PodResizeInProgress.
struct resize_status {
  enum class pending_reason : uint8_t { none, deferred, infeasible } pending = pending_reason::none;
  bool in_progress = false;
  bool error = false;  // in progress, reason Error
  std::string message;
  int64_t observed_generation = 0;
  instant since{};  // lastTransitionTime
  bool operator==(const resize_status&) const = default;
};

struct pod {
  metadata meta;
  std::string node;  // empty: not scheduled
  int32_t priority = 0;
  bool restart_never = false;
  shared_list<container_spec> containers;
  pod_phase phase = pod_phase::pending;
  bool ready = false;
  instant ready_since{};
  instant started{};                       // status.startTime
  std::vector<container_status> statuses;  // same order as containers
  resize_status resize;
  std::string status_reason;  // "Evicted", "OutOfmemory"
};

/// Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob, Rollout and other owners.
struct workload {
  metadata meta;
  std::string kind;
  int32_t replicas = 1;  // desired; completions for Jobs
  string_map selector;   // spec.selector.matchLabels
  string_map template_labels;
  string_map template_annotations;
  std::vector<container_spec> containers;
  int32_t max_unavailable = 1;  // rolling update, absolute
  int32_t max_surge = 1;
  milliseconds min_ready{};       // minReadySeconds
  milliseconds schedule_every{};  // CronJob: period of its schedule
  int32_t ready_replicas = 0;     // status
  int32_t updated_replicas = 0;
  int32_t current_replicas = 0;
  int64_t observed_generation = 0;
  std::string revision;  // pod-template-hash of the newest template
  bool paused = false;

  /// Pods of the newest template are still being rolled out.
  bool rolling_out() const {
    return observed_generation < meta.generation || updated_replicas < replicas ||
           current_replicas > updated_replicas;
  }
};

struct node {
  metadata meta;
  resources capacity;
  resources allocatable;
  int32_t max_pods = 110;
  bool ready = true;
  bool unschedulable = false;
  bool memory_pressure = false;
};

/// An integer or a percentage.
struct int_or_percent {
  int32_t value = 0;
  bool percent = false;
  bool operator==(const int_or_percent&) const = default;
};

struct pod_disruption_budget {
  metadata meta;
  label_selector selector;
  std::optional<int_or_percent> min_available;
  std::optional<int_or_percent> max_unavailable;
  int32_t disruptions_allowed = 0;  // status
  int32_t current_healthy = 0;
  int32_t desired_healthy = 0;
  int32_t expected_pods = 0;
  int64_t observed_generation = 0;
};

struct hpa_metric {
  resource_kind resource = resource_kind::cpu;
  std::string container;                 // ContainerResource; empty: whole pod
  std::optional<int32_t> utilization;    // percent of the request
  std::optional<int64_t> average_value;  // millicores or bytes
  bool operator==(const hpa_metric&) const = default;
};

struct horizontal_pod_autoscaler {
  metadata meta;
  workload_ref target;
  int32_t min_replicas = 1;
  int32_t max_replicas = 1;
  std::vector<hpa_metric> metrics;
  bool external_metrics = false;  // has metrics beside CPU and memory
  int32_t current_replicas = 0;
  int32_t desired_replicas = 0;
};

struct limit_range {
  metadata meta;
  resources container_min, container_max, container_default, container_default_request;
  resources pod_min, pod_max;
  bool operator==(const limit_range&) const = default;
};

struct resource_quota {
  metadata meta;
  resources hard_requests, hard_limits;
  resources used_requests, used_limits;
};

struct namespace_object {
  metadata meta;
};

struct lease {
  metadata meta;
  std::string holder;
  milliseconds duration{std::chrono::seconds{15}};
  instant acquired{};
  instant renewed{};
  int32_t transitions = 0;
};

struct event {
  metadata meta;
  std::string kind;  // involvedObject
  std::string object_ns;
  std::string object_name;
  std::string reason;  // CamelCase, machine readable
  std::string message;
  std::string component;
  bool warning = false;
  int32_t count = 1;
  instant last_seen{};
};

// ---- our own kinds (analysis.scaleops.sh/v1alpha1) ----

struct policy {
  metadata meta;
  policy_spec spec;
};

struct policy_rule {
  metadata meta;
  policy_rule_spec spec;
};

/// Who allowed the platform to act, and when.
struct automation_grant {
  std::string granted_by;  // authenticated user name
  instant granted_at{};
  bool operator==(const automation_grant&) const = default;
};

/// What was last done to a workload's pods.
struct last_action {
  std::string action;  // "resize", "evict", "admit", "revert", "refuse"
  std::string detail;
  instant at{};
  bool operator==(const last_action&) const = default;
};

struct recommendation {
  metadata meta;
  // spec
  workload_ref target;
  std::string policy_override;
  bool excluded = false;  // a person said: never
  std::optional<automation_grant> automation;
  // status
  workload_recommendation status;
  int32_t replicas = 0;
  double coverage = 0;  // 0 to 1, of the history needed
  std::optional<last_action> last;
};

struct automated_namespace {
  metadata meta;  // name = the namespace's
  automation_grant grant;
  std::string policy;
};

/// Pods that carry `label` (or are owned by `owner_kind`) form one workload per value (per owner).
struct custom_owner_grouping {
  metadata meta;
  std::string label;
  std::string owner_kind;
  std::string kind = "Group";  // kind that the made-up workload gets
};

/// Learned state of many workloads, one versioned Protobuf blob.
struct checkpoint {
  metadata meta;
  instant written{};
  std::shared_ptr<const std::string> data;
};

enum class check_result : uint8_t { pass, warn, fail };
std::string_view to_string(check_result result);

struct health_check {
  std::string name;
  check_result result = check_result::pass;
  std::string detail;
  instant at{};
  bool operator==(const health_check&) const = default;
};

struct health_report {
  metadata meta;
  bool gate_open = false;  // may the updater disrupt
  std::vector<health_check> checks;
  instant at{};
};

using object =
  std::variant<pod, workload, node, pod_disruption_budget, horizontal_pod_autoscaler, limit_range,
               resource_quota, namespace_object, lease, event, policy, policy_rule, recommendation,
               automated_namespace, custom_owner_grouping, checkpoint, health_report>;
using object_ptr = std::shared_ptr<const object>;

/// Same order as the alternatives of `object`.
enum class object_kind : uint8_t {
  pod,
  workload,
  node,
  pod_disruption_budget,
  horizontal_pod_autoscaler,
  limit_range,
  resource_quota,
  namespace_object,
  lease,
  event,
  policy,
  policy_rule,
  recommendation,
  automated_namespace,
  custom_owner_grouping,
  checkpoint,
  health_report,
};
inline constexpr size_t object_kind_count = std::variant_size_v<object>;
std::string_view to_string(object_kind kind);

inline object_kind kind_of(const object& value) {
  return static_cast<object_kind>(value.index());
}
inline const metadata& meta_of(const object& value) {
  return std::visit([](const auto& x) -> const metadata& { return x.meta; }, value);
}
inline metadata& meta_of(object& value) {
  return std::visit([](auto& x) -> metadata& { return x.meta; }, value);
}

/// Typed view that shares ownership; null where the kind differs.
template <class T>
std::shared_ptr<const T> object_cast(const object_ptr& ptr) {
  auto* value = ptr ? std::get_if<T>(ptr.get()) : nullptr;
  return value ? std::shared_ptr<const T>(ptr, value) : nullptr;
}

/// Identity of an object. Workloads of different kinds may share a name, hence `subkind`.
struct object_key {
  object_kind kind = object_kind::pod;
  std::string ns;
  std::string name;
  std::string subkind;  // workload kind ("Deployment"); empty otherwise
  auto operator<=>(const object_key&) const = default;
};
object_key key_of(const object& value);

/// One step in the life of an object, as a watch tells it.
struct watch_event {
  enum class type : uint8_t { added, modified, deleted, bookmark } what = type::added;
  object_ptr object;              // null for bookmarks
  uint64_t resource_version = 0;  // where to resume
};

}  // namespace scaleops
