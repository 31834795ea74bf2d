#include "actors/updater/logic/situation.hpp"

#include <algorithm>

#include "actors/common/logic/owner_guess.hpp"

namespace scaleops {

namespace {

objection because(refusal why, std::string detail) {
  return std::pair{why, std::move(detail)};
}

}  // namespace

workload_situation situation_of(const workload_ref& ref, decision_ptr decision,
                                const plan_inputs& in) {
  workload_situation situation;
  situation.ref = ref;
  situation.owner = in.view.workload_of(ref);
  situation.policy = &in.board.policy_named(decision ? decision->policy : std::string{}, in.view);
  situation.decision = std::move(decision);
  situation.bounds = in.view.bounds_of(ref.ns);
  situation.increase_open = schedule_open(situation.policy->increase_windows, in.now, in.zones);
  situation.decrease_open = schedule_open(situation.policy->decrease_windows, in.now, in.zones);
  auto& pods = in.index.pods_of(ref);
  situation.replicas.desired = situation.owner ? situation.owner->replicas : int32_t(pods.size());
  for (auto& [name, one] : pods) {
    auto flying = in.memory.flights.find(one->meta.uid);
    bool away = flying != in.memory.flights.end() && flying->second.disruptive;
    situation.replicas.ready += one->ready && !one->meta.deleted && !away;
    situation.last_start = std::max(situation.last_start, one->meta.created);
    for (auto& status : one->statuses)
      situation.last_start = std::max(situation.last_start, status.started);
  }
  for (auto& [uid, one] : in.memory.flights)
    if (one.workload == ref)
      ++(one.disruptive ? situation.replicas.away : situation.resizing);
  return situation;
}

objection disruption_refusal(const workload_situation& situation, const pod& target,
                             const plan_inputs& in,
                             const std::vector<std::shared_ptr<const pod>>& away) {
  auto& policy = *situation.policy;
  if (!in.gate.disrupt)
    return because(in.gate.why, in.gate.detail);
  if (runs_to_end(situation.ref.kind))
    return because(refusal::job, "a run is not disturbed");
  if (policy.increase != update_mode::recreate && policy.decrease != update_mode::recreate)
    return because(refusal::mode, "the policy restarts nothing");
  if (!situation.owner)
    return because(refusal::single_replica, "nobody is known to bring the pod back");
  if (auto key = wants_peace(target))
    return because(refusal::do_not_disrupt, *key);
  if (situation.replicas.desired < 2 && situation.ref.kind != "DaemonSet" &&
      !policy.disturb_single_replica)
    return because(refusal::single_replica, "the only replica");
  if (situation.owner->rolling_out() || situation.owner->paused)
    return because(refusal::rollout_in_progress, "a rollout is in progress");
  auto memory = in.memory.workloads.find(situation.ref);
  if (memory != in.memory.workloads.end()) {
    if (memory->second.hold_until > in.now)
      return because(memory->second.hold_why, memory->second.hold_detail);
    if (in.now - memory->second.last_disruption < policy.cool_down)
      return because(refusal::cool_down, "another pod was disturbed a moment ago");
  }
  // What an updater before us did is only to be seen in the pods.
  if (in.now - in.started < policy.cool_down && in.now - situation.last_start < policy.cool_down)
    return because(refusal::cool_down, "a pod was started a moment ago, as was this updater");
  auto replicas = situation.replicas;
  if (!target.ready)
    ++replicas.ready;  // it is missing anyway
  if (!may_disrupt(replicas, in.rules.disruption_share))
    return replicas.away > 0 ? because(refusal::cool_down, "another pod is on its way")
                             : because(refusal::not_ready, "not all replicas are ready");
  auto under_way = away;
  for (auto& [uid, one] : in.memory.flights)
    if (one.disruptive && one.target)
      under_way.push_back(one.target);
  if (auto why = budget_refusal(in.view.budgets, target, under_way))
    return because(refusal::disruption_budget, *why);
  return std::nullopt;
}

objection room_refusal(const pod& target, const std::vector<container_spec>& after,
                       const amounts& reserved, const plan_inputs& in) {
  auto needed = pod_requests(after);
  auto held = held_requests(target);
  auto node = in.view.nodes.find({}, target.node);
  if (!node) {
    if (needed.cpu <= held.cpu && needed.memory <= held.memory)
      return std::nullopt;
    return because(refusal::node_room, "the pod's node is not known");
  }
  auto all = in.index.held_on(target.node);
  for (auto kind : both_resources) {
    auto more = needed[kind] - held[kind];
    if (more <= 0)
      continue;
    auto room = part_of(node->allocatable, kind).value_or(0);
    auto name = std::string(to_string(kind));
    if (needed[kind] > room)
      return because(refusal::infeasible, "node " + target.node + " has only " +
                                            format_amount(kind, room) + " of " + name);
    if (all[kind] + reserved[kind] + more > room)
      return because(
        refusal::node_room,
        "node " + target.node + " has " +
          format_amount(kind, std::max<int64_t>(0, room - all[kind] - reserved[kind])) + " of " +
          name + " left");
  }
  return std::nullopt;
}

objection bound_refusal(const workload_situation& situation, const pod& target,
                        const std::vector<container_spec>& after, const plan_inputs& in) {
  if (auto why = limit_violation(situation.bounds, after))
    return std::pair{refusal::infeasible, *why};
  auto more_requests = pod_requests(after), more_limits = pod_limits(after);
  more_requests -= pod_requests(target.containers);
  more_limits -= pod_limits(target.containers);
  if (auto why = in.view.quota_refusal(target.meta.ns, more_requests, more_limits))
    return std::pair{refusal::infeasible, *why};
  return std::nullopt;
}

bool fits_some_node(const pod& target, const std::vector<container_spec>& after,
                    const plan_inputs& in) {
  auto needed = pod_requests(after);
  for (auto& [name, node] : in.view.nodes.all()) {
    if (!node->ready || node->unschedulable)
      continue;
    auto held = in.index.held_on(node->meta.name);
    if (node->meta.name == target.node)
      held -= held_requests(target);
    if (held.cpu + needed.cpu <= node->allocatable.cpu.value_or(0) &&
        held.memory + needed.memory <= node->allocatable.memory.value_or(0))
      return true;
  }
  return false;
}

}  // namespace scaleops
