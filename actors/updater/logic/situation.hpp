// A workload as it stands while its pods are planned, and what forbids taking a pod down or making
// it larger.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/updater/logic/disruption.hpp"
#include "actors/updater/logic/planner.hpp"

namespace scaleops {

/// Why not, with a clause for people; absent: nothing speaks against it.
using objection = std::optional<std::pair<refusal, std::string>>;

/// What all pods of one workload share while they are planned.
struct workload_situation {
  workload_ref ref;
  std::shared_ptr<const workload>
    owner;  // null: nobody brings pods back, or a kind that is not watched
  decision_ptr decision;
  const policy_spec* policy = nullptr;
  limit_bounds bounds;
  replica_state replicas;
  int32_t resizing = 0;       // non-disruptive resizes under way
  instant last_start{};       // of any container of its pods
  bool increase_open = true;  // schedules
  bool decrease_open = true;
  bool reverting = false;  // the grant is gone: back to the origin
};

workload_situation situation_of(const workload_ref& ref, decision_ptr decision,
                                const plan_inputs& in);

/// Why the pod must not be taken down now; absent: it may. `away` are pods of any workload that the
/// plan itself takes down already: PodDisruptionBudgets count them; the workload's own must be in
/// the situation's replicas.
objection disruption_refusal(const workload_situation& situation, const pod& target,
                             const plan_inputs& in,
                             const std::vector<std::shared_ptr<const pod>>& away);

/// Why the node cannot hold the pod with these containers, given what else is reserved there;
/// absent: it can.
objection room_refusal(const pod& target, const std::vector<container_spec>& after,
                       const amounts& reserved, const plan_inputs& in);

/// What neither a resize nor a new pod would get past: LimitRange and quota; absent: nothing.
objection bound_refusal(const workload_situation& situation, const pod& target,
                        const std::vector<container_spec>& after, const plan_inputs& in);

/// Whether some node has these containers' requests free, once the pod is gone from its own.
bool fits_some_node(const pod& target, const std::vector<container_spec>& after,
                    const plan_inputs& in);

}  // namespace scaleops
