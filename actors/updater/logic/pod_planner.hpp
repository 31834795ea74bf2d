// What should be done with one pod of a workload, before the cluster-wide order and budgets are
// looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/updater/logic/disruption.hpp"
#include "actors/updater/logic/planner.hpp"

namespace scaleops {

/// What all pods of one workload share while they are planned.
struct workload_context {
  workload_ref ref;
  std::shared_ptr<const workload>
    owner;  // null: nobody brings pods back, or a kind that is not watched
  decision_ptr decision;
  const policy_spec* policy = nullptr;
  limit_bounds bounds;
  replica_state replicas;
  int32_t resizing = 0;       // non-disruptive resizes under way
  bool increase_open = true;  // schedules
  bool decrease_open = true;
  bool reverting = false;  // the grant is gone: back to the origin
};

workload_context context_of(const workload_ref& ref, decision_ptr decision, const plan_inputs& in);

/// Nothing to do, a wish, or a refusal with its reason.
struct pod_verdict {
  enum class what : uint8_t { settled, wished, refused } is = what::settled;
  pod_wish wish;
  refusal why = refusal::none;
  std::string detail;
  bool waits = false;    // look again even if nothing changes
  bool blocked = false;  // in place is not possible
};

/// May add to `out.measure`.
pod_verdict judge_pod(const workload_context& context, const std::shared_ptr<const pod>& target,
                      const plan_inputs& in, update_plan& out);

/// Why the pod must not be taken down now; absent: it may. `away` are pods of any workload that the
/// plan itself takes down already: PodDisruptionBudgets count them; the workload's own must be in
/// the context's replicas.
std::optional<std::pair<refusal, std::string>> disruption_refusal(
  const workload_context& context, const pod& target, const plan_inputs& in,
  const std::vector<std::shared_ptr<const pod>>& away);

/// Why the node cannot hold the pod with these containers, given what else is reserved there;
/// absent: it can.
std::optional<std::pair<refusal, std::string>> room_refusal(
  const pod& target, const std::vector<container_spec>& after, const amounts& reserved,
  const plan_inputs& in);

}  // namespace scaleops
