// Nodes that die, come back or go: what the node controller, its taint manager and pod garbage
// collection do.
#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

void kill_node(cluster_state& s, uint32_t node_index) {
  auto& n = s.nodes[node_index];
  if (n.dead)
    return;
  step_node(s, node_index);
  n.dead = true;
  n.died = s.now;
  n.used_cpu = n.used_memory = 0;
  for (auto pod_index : n.pods)
    set_serving(s, pod_index, false);
  s.due.plan(s.now + s.cfg.node_lost_after, deed::node_lost, node_index, n.serial);
  s.due.plan(s.now + s.cfg.node_lost_after + s.cfg.evict_after, deed::evict_from_node, node_index,
             n.serial);
}

void lose_node(cluster_state& s, uint32_t node_index) {
  auto& n = s.nodes[node_index];
  if (!n.dead || s.now - n.died < s.cfg.node_lost_after)
    return;
  s.store.mutate<node>(n.slot, s.now, [](node& x) { x.ready = false; });
  tell(s, "Node", s.node_of(node_index).meta, "NodeNotReady",
       "the kubelet stopped posting its status", "node-controller", true);
  for (auto pod_index : std::vector<uint32_t>(n.pods))
    if (s.pod_of(pod_index).ready)
      change_pod(s, pod_index, [](pod& p) { p.ready = false; });
}

void evict_from_node(cluster_state& s, uint32_t node_index) {
  auto& n = s.nodes[node_index];
  if (!n.dead || s.now - n.died < s.cfg.node_lost_after + s.cfg.evict_after)
    return;
  // The pods are told to go; they vanish when the kubelet is back or the node is removed. DaemonSet
  // pods stay.
  for (auto pod_index : std::vector<uint32_t>(n.pods)) {
    auto& r = s.pods[pod_index];
    if (r.terminating || r.wanted != no_row)
      continue;
    r.terminating = true;
    change_pod(s, pod_index, [&](pod& p) {
      p.meta.deleted = s.now + s.cfg.grace;
      p.ready = false;
    });
  }
}

void revive_node(cluster_state& s, uint32_t node_index) {
  auto& n = s.nodes[node_index];
  if (!n.dead)
    return;
  n.dead = false;
  n.stepped = s.now;
  if (!s.node_of(node_index).ready)
    s.store.mutate<node>(n.slot, s.now, [](node& x) { x.ready = true; });
  s.room_changed = true;
  for (auto pod_index : std::vector<uint32_t>(n.pods)) {
    auto& r = s.pods[pod_index];
    if (r.terminating) {
      remove_object(s, r.slot);
      continue;
    }
    if (s.pod_of(pod_index).phase == pod_phase::pending) {
      s.due.plan(s.now + s.cfg.pod_start, deed::start_pod, pod_index, r.serial);
      continue;
    }
    for (size_t i = 0; i < r.containers.size(); ++i) {
      if (r.containers[i].run == container_row::state::waiting)
        s.due.plan(s.now + std::chrono::seconds{1}, deed::restart_container, pod_index, r.serial);
      r.containers[i].crashes = 0;
      kill_container(s, pod_index, i, "Error", 255);
    }
    s.due.plan(s.now + s.cfg.resize_sync, deed::sync_resize, pod_index, r.serial);
  }
}

void remove_node(cluster_state& s, uint32_t node_index) {
  for (auto pod_index : std::vector<uint32_t>(s.nodes[node_index].pods))
    remove_object(s, s.pods[pod_index].slot);
  for (uint32_t i = 0; i < s.owners.size(); ++i)
    if (s.owners[i].slot && s.owner_of(i).kind == "DaemonSet")
      s.dirty_owners.insert(i);
  remove_object(s, s.nodes[node_index].slot);
}

}  // namespace scaleops::embedded
