// The scheduler: a node with room by requests, the least allocated one, with the pods of one owner
// spread out.
#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

bool fits(const cluster_state& s, const pod_row& p, uint32_t node_index, const node& n) {
  auto& row = s.nodes[node_index];
  return n.ready && row.pods.size() < size_t(n.max_pods) &&
         row.cpu + p.cpu <= or_zero(n.allocatable.cpu) &&
         row.memory + p.memory <= or_zero(n.allocatable.memory);
}

class placement {
public:
  explicit placement(const cluster_state& s) : s_(s), same_owner_(s.nodes.size(), 0) {}

  uint32_t choose(uint32_t pod_index) {
    auto& p = s_.pods[pod_index];
    if (p.wanted != no_row)  // DaemonSet pods tolerate a cordon
      return s_.nodes[p.wanted].slot && fits(s_, p, p.wanted, s_.node_of(p.wanted)) ? p.wanted
                                                                                    : no_row;
    bool best_effort = p.memory == 0;
    if (p.owner != no_row)
      for (auto other : s_.owners[p.owner].pods)
        if (s_.pods[other].node != no_row)
          ++same_owner_[s_.pods[other].node];
    uint32_t best = no_row;
    double best_score = 0;
    for (uint32_t i = 0; i < s_.nodes.size(); ++i) {
      auto& row = s_.nodes[i];
      if (!row.slot)
        continue;
      auto& n = s_.node_of(i);
      if (n.unschedulable || (best_effort && n.memory_pressure) || !fits(s_, p, i, n))
        continue;
      auto cpu =
        1 - double(row.cpu + p.cpu) / double(std::max<int64_t>(1, or_zero(n.allocatable.cpu)));
      auto memory = 1 - double(row.memory + p.memory) /
                          double(std::max<int64_t>(1, or_zero(n.allocatable.memory)));
      auto score = (cpu + memory) / 2 - 0.5 * same_owner_[i];
      if (best == no_row || score > best_score) {
        best = i;
        best_score = score;
      }
    }
    if (p.owner != no_row)
      for (auto other : s_.owners[p.owner].pods)
        if (s_.pods[other].node != no_row)
          same_owner_[s_.pods[other].node] = 0;
    return best;
  }

private:
  const cluster_state& s_;
  std::vector<uint16_t> same_owner_;
};

void bind(cluster_state& s, uint32_t pod_index, uint32_t node_index) {
  put_on_node(s, pod_index, node_index);
  auto name = s.node_of(node_index).meta.name;
  change_pod(s, pod_index, [&](pod& p) { p.node = std::move(name); });
  // Images are cached; sandboxes take a little longer here and there.
  auto delay =
    s.cfg.pod_start + milliseconds{int64_t(s.dice.below(1 + uint64_t(s.cfg.pod_start.count())))};
  s.due.plan(s.now + delay, deed::start_pod, pod_index, s.pods[pod_index].serial);
}

}  // namespace

void schedule_pending(cluster_state& s) {
  if (!s.room_changed || s.pending.empty())
    return;
  s.room_changed = false;
  placement plan{s};
  for (auto it = s.pending.begin(); it != s.pending.end();) {
    auto pod_index = *it;
    auto node_index = plan.choose(pod_index);
    if (node_index == no_row) {
      ++it;
      if (s.now - s.pod_of(pod_index).meta.created < milliseconds{1})
        tell(s, "Pod", s.pod_of(pod_index).meta, "FailedScheduling",
             fmt::format("0/{} nodes are available: insufficient cpu or memory",
                         s.store.size(object_kind::node)),
             "default-scheduler", true);
      continue;
    }
    it = s.pending.erase(it);
    bind(s, pod_index, node_index);
  }
  s.room_changed = false;
  s.truth.pods_unschedulable = s.pending.size();
}

}  // namespace scaleops::embedded
