// How many pods of a workload may be away at a time, and what the PodDisruptionBudgets would say.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/common/logic/object_cache.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// One workload's replicas as far as disruptions are concerned.
struct replica_state {
  int32_t desired = 0;
  int32_t ready = 0;  // ready now, without those that are being disrupted
  int32_t away = 0;   // being disrupted by us: evicted and not replaced, or restarting for a resize
};

/// At most share × desired pods, rounded down, may be away at a time; at least one, provided that
/// all others are ready. (The VPA's eviction tolerance has the same rounding: half of 3 is 1, half
/// of 4 is 2, a tenth of 3 still lets one go.)
bool may_disrupt(const replica_state& state, double share);

/// Why an eviction would be refused by a PodDisruptionBudget; absent: it would not. `spent`
/// evictions of pods that the budget covers are under way and may not show in its status yet. A pod
/// under two budgets can never be evicted. Source:
/// k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go
std::optional<std::string> budget_refusal(const object_cache<pod_disruption_budget>& budgets,
                                          const pod& of,
                                          const std::vector<std::shared_ptr<const pod>>& under_way);

/// The pod's own wish to be left in peace, as the key that says it; absent: there is none.
std::optional<std::string> wants_peace(const pod& of);

}  // namespace scaleops
