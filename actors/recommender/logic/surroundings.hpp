// What surrounds a workload and binds its size: LimitRanges, quota, the largest node's room, HPAs.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "actors/common/logic/object_cache.hpp"
#include "actors/recommender/logic/recommend.hpp"
#include "messages/facts.hpp"

namespace scaleops {

/// The recommender's view of everything that bounds sizes.
class surroundings {
public:
  /// Each returns true when sizes may depend on what changed.
  bool on_limit_range(const watch_event& event) { return changed(limit_ranges_.apply(event)); }
  bool on_quota(const watch_event& event) { return changed(quotas_.apply(event)); }
  bool on_hpa(const watch_event& event);
  bool on_node(const watch_event& event);
  /// Unseen: each workload is taken as one that an HPA scales. Returns true when it changed.
  bool see_hpas(bool seen) { return std::exchange(sees_hpas_, seen) != seen; }

  /// `cost` follows from the policy's update modes.
  sizing_facts of(const workload_facts& facts, const policy_spec& policy) const;

  /// Room of the largest schedulable node (allocatable less what DaemonSets request there).
  resources largest_room() const { return room_; }
  /// Requests of all DaemonSet pods on one node. Returns true when it changed.
  bool set_daemon_requests(resources sum);

private:
  template <class Change>
  static bool changed(const Change& change) {
    return change.before || change.after;
  }
  bool measure_room();

  object_cache<limit_range> limit_ranges_;
  object_cache<resource_quota> quotas_;
  object_cache<horizontal_pod_autoscaler> hpas_;
  object_cache<node> nodes_;
  resources daemon_requests_;
  resources room_;
  bool sees_hpas_ = true;
};

/// The tightest of several LimitRanges: highest minimum, lowest maximum (as the API server enforces
/// all of them).
std::optional<limit_range> merge_limit_ranges(
  const std::vector<std::shared_ptr<const limit_range>>& ranges);

}  // namespace scaleops
