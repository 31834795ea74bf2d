// What a component that acts on pods knows of the cluster: one cache per kind, fed by its watchers.
#pragma once

#include <memory>
#include <vector>

#include "actors/common/logic/grant.hpp"
#include "actors/common/logic/limits.hpp"
#include "actors/common/logic/object_cache.hpp"
#include "messages/objects.hpp"

namespace scaleops {

struct cluster_view {
  object_cache<pod> pods;
  object_cache<workload> workloads;
  object_cache<node> nodes;
  object_cache<pod_disruption_budget> budgets;
  object_cache<horizontal_pod_autoscaler> autoscalers;
  object_cache<limit_range> limit_ranges;
  object_cache<resource_quota> quotas;
  object_cache<namespace_object> namespaces;
  object_cache<policy> policies;
  object_cache<recommendation> recommendations;
  object_cache<automated_namespace> automated;
  object_cache<custom_owner_grouping> groupings;
  object_cache<health_report> reports;

  /// Events of kinds that are not kept are ignored.
  void apply(const watch_event& event);

  std::shared_ptr<const recommendation> recommendation_of(const workload_ref& ref) const;
  std::shared_ptr<const workload> workload_of(const workload_ref& ref) const;

  /// The pod's top owner; guesses by name where a link has not been told yet. Absent: unknown, or
  /// the kubelet's own.
  std::optional<workload_ref> owner(const pod& of) const;

  /// Whether `ref`'s pods may be changed; `instance` and `wish` may be null.
  grant_answer grant_of(const workload_ref& ref, const pod* instance,
                        const recommendation* wish) const;

  /// The namespace's LimitRanges as one.
  limit_bounds bounds_of(std::string_view ns) const;

  /// Why some quota of the namespace would refuse; absent: none would.
  std::optional<std::string> quota_refusal(std::string_view ns, const amounts& more_requests,
                                           const amounts& more_limits) const;

  /// Room of the largest schedulable node, resource by resource; absent without nodes.
  std::optional<amounts> largest_node() const;
};

}  // namespace scaleops
