// How a workload is sized and changed: the values of the Policy and PolicyRule objects.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/cluster.hpp"

namespace scaleops {

/// What happens to a limit when the request changes.
enum class limit_strategy : uint8_t {
  keep,              // leave the limit as it is, raised only where the request would pass it
  keep_ratio,        // limit / request stays
  equal_to_request,  // limit = request
  multiple,          // limit = request × limit_multiple
  none,              // no limit for pods made from now on (a limit cannot be removed in place)
};

/// How one resource (CPU or memory) is sized.
struct resource_policy {
  milliseconds window = std::chrono::hours{24};  // history that counts
  double percentile = 0.93;                      // of usage, 0 < p <= 1
  double headroom = 0.10;                        // added share, >= 0
  int64_t headroom_absolute = 0;                 // added after the share: millicores or bytes
  std::optional<int64_t> min;                    // millicores or bytes
  std::optional<int64_t> max;
  limit_strategy limit = limit_strategy::keep_ratio;
  double limit_multiple = 2.0;  // for limit_strategy::multiple
  bool operator==(const resource_policy&) const = default;
};

/// How a change reaches running pods.
enum class update_mode : uint8_t {
  never,      // recommend only
  on_create,  // new pods only
  in_place,   // resize running pods, never restart them
  recreate,   // resize first, evict where that cannot work
};

/// Weekly window in which changes of one direction are allowed.
struct schedule_window {
  uint8_t days = 0x7f;  // bit 0 = Monday
  milliseconds from{};  // since local midnight
  milliseconds until{std::chrono::hours{24}};
  std::string time_zone = "UTC";  // IANA name
  bool operator==(const schedule_window&) const = default;
};

/// Settings for containers whose name matches (shell pattern), overriding the policy's.
struct container_policy {
  std::string name;  // pattern, "*" matches all
  bool off = false;  // leave these containers alone
  std::optional<resource_policy> cpu;
  std::optional<resource_policy> memory;
  bool operator==(const container_policy&) const = default;
};

struct policy_spec {
  std::string description;
  resource_policy cpu;
  resource_policy memory;
  std::vector<container_policy> containers;  // first match wins

  /// 0 safest to 1 leanest; 0.5 leaves percentile and headroom as given. Monotonic in the
  /// footprint.
  double aggressiveness = 0.5;

  update_mode increase = update_mode::recreate;
  update_mode decrease = update_mode::recreate;
  std::vector<schedule_window> increase_windows;  // empty: always. OOM healing passes them
  std::vector<schedule_window> decrease_windows;

  milliseconds minimum_history = std::chrono::hours{6};  // coverage before anything shrinks
  bool oom_healing = true;
  bool burst_healing = true;
  bool season = true;                                 // look ahead along the day's and week's curve
  bool disturb_single_replica = false;                // may a lone replica be evicted
  milliseconds cool_down = std::chrono::minutes{10};  // between disruptions of one workload
  bool operator==(const policy_spec&) const = default;
};

/// Set-based requirement as in metav1.LabelSelectorRequirement.
struct label_requirement {
  std::string key;
  enum class op : uint8_t { in, not_in, exists, does_not_exist } operation = op::in;
  std::vector<std::string> values;
  bool operator==(const label_requirement&) const = default;
};

/// metav1.LabelSelector: all of both parts must hold; an empty selector matches everything.
struct label_selector {
  string_map match_labels;
  std::vector<label_requirement> expressions;
  bool operator==(const label_selector&) const = default;
  bool matches(const string_map& labels) const;
};

/// Which workloads a rule covers: all the given parts must hold; an absent part always does.
struct rule_selector {
  std::vector<std::string> namespaces;  // names or shell patterns
  label_selector namespace_labels;
  std::vector<std::string> kinds;   // owner kinds
  std::vector<std::string> names;   // workload names or shell patterns
  label_selector labels;            // of the pod template or the owner
  string_map annotations;           // of the pod template or the owner; "*" matches any value
  std::vector<std::string> images;  // shell patterns, any container
  bool operator==(const rule_selector&) const = default;
};

struct policy_rule_spec {
  int32_t priority = 0;  // lower is asked first; ties by name
  rule_selector selector;
  std::string policy;
  bool operator==(const policy_rule_spec&) const = default;
};

}  // namespace scaleops
