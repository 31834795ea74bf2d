// What the recommender says of a workload, and why: the values of the Recommendation object's
// status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/cluster.hpp"

namespace scaleops {

enum class resource_kind : uint8_t { cpu, memory };
std::string_view to_string(resource_kind kind);

/// Why a number is what it is. Names are stable: they stand in CRDs, metrics and the UI.
enum class reason_code : uint8_t {
  no_history,      // nothing seen yet: current request kept
  learning,        // value = covered hours, reference = hours needed before anything shrinks
  percentile,      // value = base estimate, reference = percentile
  headroom,        // value = after headroom, reference = share
  recent_peak,     // value = peak that lifted the estimate, reference = hours looked back
  season,          // value = what the curve expects, reference = lag in hours
  margin,          // value = learned margin share, reference = target overrun share
  oom_kill,        // value = floor after the kill, reference = limit at the kill
  leak_suspected,  // value = cap, reference = growth per day
  burst,           // value = lifted to, reference = sustained use
  throttled,       // value = lifted to, reference = share of throttled periods
  confidence,      // value = factor, reference = confidence
  change_point,    // value = new level, reference = old level
  new_revision,    // value = hours since, reference = 0
  policy_min,      // value = bound
  policy_max,
  limit_range_min,
  limit_range_max,
  quota,
  node_room,    // value = bound
  live_usage,   // memory kept above the live working set: value = bound
  hysteresis,   // value = kept, reference = candidate not worth a change
  hpa_guard,    // value = kept, reference = candidate that would move the scale point
  qos_guard,    // value = adjusted
  excluded,     // container left alone by policy
  stale_input,  // usage is too old to act on: value = age in seconds
};
std::string_view to_string(reason_code code);
std::optional<reason_code> parse_reason(std::string_view name);

struct reason {
  resource_kind resource = resource_kind::cpu;
  reason_code code = reason_code::no_history;
  double value = 0;      // millicores, bytes or as the code says
  double reference = 0;  // as the code says
  bool operator==(const reason&) const = default;
};

struct container_recommendation {
  std::string name;
  container_resources current;  // in force when decided
  container_resources target;   // absent parts: leave as they are
  resources lower;              // bounds outside of which a change is urgent
  resources upper;
  double confidence = 0;  // 0 to 1
  std::vector<reason> reasons;
  bool urgent = false;  // healing: OOM, burst or throttling
  bool operator==(const container_recommendation&) const = default;
};

/// One workload's decision.
struct workload_recommendation {
  workload_ref workload;
  instant decided_at{};
  std::string policy;         // name of the policy that was applied
  std::string policy_reason;  // which rule or detection chose it
  std::vector<container_recommendation> containers;
  uint64_t revision = 0;     // rises with every changed target of this workload
  std::string input_digest;  // hex SHA-256 of the inputs; `scaleops explain` recomputes from those
  bool operator==(const workload_recommendation&) const = default;
};

}  // namespace scaleops
