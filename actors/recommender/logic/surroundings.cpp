#include "actors/recommender/logic/surroundings.hpp"

#include <algorithm>
#include <vector>

namespace scaleops {

namespace {

void keep_lowest(std::optional<int64_t>& value, const std::optional<int64_t>& other) {
  if (other && (!value || *other < *value))
    value = other;
}

void keep_highest(std::optional<int64_t>& value, const std::optional<int64_t>& other) {
  if (other && (!value || *other > *value))
    value = other;
}

/// hard − used + own, and at least what the workload has now.
std::optional<int64_t> left_for(const std::optional<int64_t>& hard,
                                const std::optional<int64_t>& used, int64_t own) {
  if (!hard)
    return std::nullopt;
  return std::max(*hard - used.value_or(0) + own, own);
}

}  // namespace

std::optional<limit_range> merge_limit_ranges(
  const std::vector<std::shared_ptr<const limit_range>>& ranges) {
  if (ranges.empty())
    return std::nullopt;
  limit_range merged;
  for (auto& range : ranges) {
    for (auto part : {&resources::cpu, &resources::memory}) {
      keep_highest(merged.container_min.*part, range->container_min.*part);
      keep_lowest(merged.container_max.*part, range->container_max.*part);
      keep_highest(merged.pod_min.*part, range->pod_min.*part);
      keep_lowest(merged.pod_max.*part, range->pod_max.*part);
      keep_lowest(merged.container_default.*part, range->container_default.*part);
      keep_lowest(merged.container_default_request.*part, range->container_default_request.*part);
    }
  }
  return merged;
}

bool surroundings::on_hpa(const watch_event& event) {
  auto change = hpas_.apply(event);
  if (change.before && change.after)  // status moves often and binds nothing
    return change.before->metrics != change.after->metrics ||
           change.before->target != change.after->target;
  return changed(change);
}

bool surroundings::on_node(const watch_event& event) {
  nodes_.apply(event);
  return measure_room();
}

bool surroundings::set_daemon_requests(resources sum) {
  daemon_requests_ = sum;
  return measure_room();
}

bool surroundings::measure_room() {
  resources room;
  for (auto& [name, node] : nodes_.all()) {
    if (node->unschedulable)
      continue;
    auto free = [](const std::optional<int64_t>& allocatable,
                   const std::optional<int64_t>& daemons) {
      return allocatable ? std::optional{std::max<int64_t>(*allocatable - daemons.value_or(0), 0)}
                         : std::nullopt;
    };
    keep_highest(room.cpu, free(node->allocatable.cpu, daemon_requests_.cpu));
    keep_highest(room.memory, free(node->allocatable.memory, daemon_requests_.memory));
  }
  if (room == room_)
    return false;
  room_ = room;
  return true;
}

sizing_facts surroundings::of(const workload_facts& facts, const policy_spec& policy) const {
  sizing_facts out;
  out.owner_kind = facts.ref.kind;
  out.replicas = facts.replicas;
  auto running = [](update_mode mode) {
    return mode == update_mode::in_place || mode == update_mode::recreate;
  };
  out.cost = running(policy.increase) && running(policy.decrease) ? change_cost::in_place
                                                                  : change_cost::restart;

  std::vector<std::shared_ptr<const limit_range>> ranges;
  auto [range, range_end] = limit_ranges_.in_namespace(facts.ref.ns);
  for (; range != range_end; ++range)
    ranges.push_back(range->second);
  out.limits = merge_limit_ranges(ranges);

  int64_t own_cpu = 0, own_memory = 0;
  for (size_t i = 0; i < facts.containers.size(); ++i) {
    auto& now = i < facts.running.size() ? facts.running[i] : facts.containers[i].resources;
    own_cpu += now.requests.cpu.value_or(0) * facts.replicas;
    own_memory += now.requests.memory.value_or(0) * facts.replicas;
  }
  auto [quota, quota_end] = quotas_.in_namespace(facts.ref.ns);
  for (; quota != quota_end; ++quota) {
    keep_lowest(out.quota_requests.cpu, left_for(quota->second->hard_requests.cpu,
                                                 quota->second->used_requests.cpu, own_cpu));
    keep_lowest(out.quota_requests.memory,
                left_for(quota->second->hard_requests.memory, quota->second->used_requests.memory,
                         own_memory));
  }
  // Pods of a DaemonSet are part of what the others leave free.
  out.node_room = room_;
  if (facts.ref.kind == "DaemonSet") {
    for (auto part : {&resources::cpu, &resources::memory})
      if (out.node_room.*part)
        *(out.node_room.*part) += (daemon_requests_.*part).value_or(0);
  }
  if (!sees_hpas_) {
    for (auto kind : {resource_kind::cpu, resource_kind::memory})
      out.hpa.push_back({kind, {}, 100, {}});
    return out;
  }
  auto [hpa, hpa_end] = hpas_.in_namespace(facts.ref.ns);
  for (; hpa != hpa_end; ++hpa)
    if (hpa->second->target == facts.ref)
      out.hpa.insert(out.hpa.end(), hpa->second->metrics.begin(), hpa->second->metrics.end());
  return out;
}

}  // namespace scaleops
