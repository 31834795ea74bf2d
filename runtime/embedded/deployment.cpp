// Deployments (and Argo Rollouts, which behave alike here) with their ReplicaSets.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

uint32_t make_replica_set(cluster_state& s, uint32_t deployment, const std::string& hash) {
  auto& from = s.owner_of(deployment);
  workload set;
  set.kind = "ReplicaSet";
  set.meta.ns = from.meta.ns;
  set.meta.name = from.meta.name + "-" + hash;
  set.meta.labels = from.template_labels;
  set.meta.labels["pod-template-hash"] = hash;
  set.meta.owners.push_back({from.kind, from.meta.name, from.meta.uid, true});
  set.replicas = 0;
  set.selector = from.selector;
  set.selector["pod-template-hash"] = hash;
  set.template_labels = set.meta.labels;
  set.template_annotations = from.template_annotations;
  set.containers = from.containers;
  set.min_ready = from.min_ready;
  set.revision = hash;
  return add_object(s, object{std::move(set)})->row;
}

struct totals {
  int32_t wanted = 0, current = 0, ready = 0, available = 0;
};

int32_t available_of(cluster_state& s, uint32_t set) {
  int32_t count = 0;
  for (auto pod_index : s.owners[set].pods)
    count += active(s, pod_index) && available(s, pod_index, set);
  return count;
}

/// Newest first; where the count must shrink, the least useful pods go first.
void shrink(cluster_state& s, uint32_t set, size_t excess, std::vector<uint32_t> pods) {
  auto rank = [&](uint32_t p) {
    auto& value = s.pod_of(p);
    return std::tuple(value.node.empty() ? 0 : 1, int(value.phase), value.ready ? 1 : 0,
                      -value.meta.created.time_since_epoch().count());
  };
  std::stable_sort(pods.begin(), pods.end(),
                   [&](uint32_t a, uint32_t b) { return rank(a) < rank(b); });
  for (size_t i = 0; i < excess && i < pods.size(); ++i)
    delete_pod(s, pods[i]);
  s.dirty_owners.insert(set);
}

}  // namespace

void reconcile_replica_set(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  std::vector<uint32_t> live;
  int32_t ready = 0;
  for (auto pod_index : r.pods)
    if (active(s, pod_index)) {
      live.push_back(pod_index);
      ready += s.pod_of(pod_index).ready;
    }
  auto wanted = s.owner_of(owner).replicas;
  auto have = int32_t(live.size()) + int32_t(r.creating);
  if (have < wanted && s.now >= r.retry) {
    for (; have < wanted && s.now >= s.owners[owner].retry; ++have)
      spawn_pod(s, owner, from_template(s, owner));
  } else if (int32_t(live.size()) > wanted) {
    shrink(s, owner, live.size() - size_t(wanted), live);
  }
  int32_t current = 0;
  for (auto pod_index : r.pods)
    current += active(s, pod_index);
  write_status(s, owner, {ready, current, current, s.owner_of(owner).revision});
  if (wanted == 0 && r.pods.empty() && r.parent != no_row)
    s.dirty_owners.insert(r.parent);  // an old set may be dropped now
}

void reconcile_deployment(cluster_state& s, uint32_t owner) {
  auto hash = template_hash(s.owner_of(owner));
  uint32_t fresh = no_row;
  for (auto child : s.owners[owner].children)
    if (s.owner_of(child).revision == hash)
      fresh = child;
  bool paused = s.owner_of(owner).paused;
  if (fresh == no_row && !paused)
    fresh = make_replica_set(s, owner, hash);

  auto& value = s.owner_of(owner);
  auto wanted = value.replicas;
  auto surge = value.max_surge, unavailable = value.max_unavailable;
  if (surge <= 0 && unavailable <= 0)
    unavailable = 1;

  totals all, old;
  std::vector<uint32_t> old_sets;
  for (auto child : s.owners[owner].children) {
    auto& set = s.owner_of(child);
    auto can = available_of(s, child);
    all.wanted += set.replicas;
    all.current += set.current_replicas;
    all.ready += set.ready_replicas;
    all.available += can;
    if (child != fresh) {
      old.wanted += set.replicas;
      old.available += can;
      old_sets.push_back(child);
    }
  }
  if (paused) {
    // Only scaling: the newest set with replicas takes it.
    for (auto it = s.owners[owner].children.rbegin(); it != s.owners[owner].children.rend(); ++it)
      if (s.owner_of(*it).replicas > 0 || *it == fresh) {
        set_replicas(s, *it, std::max(0, s.owner_of(*it).replicas + wanted - all.wanted));
        break;
      }
  } else if (old.wanted == 0) {
    set_replicas(s, fresh, wanted);
  } else {
    auto fresh_wanted = s.owner_of(fresh).replicas;
    auto grow = std::min(wanted - fresh_wanted, wanted + surge - all.wanted);
    if (grow > 0)
      set_replicas(s, fresh, fresh_wanted + grow);
    else if (fresh_wanted > wanted)
      set_replicas(s, fresh, wanted);
    // Old pods that are no use go at once, then as many as availability permits.
    auto fresh_available = all.available - old.available;
    auto may_go = std::max(0, all.wanted + std::max(0, grow) - (wanted - unavailable) -
                                std::max(0, s.owner_of(fresh).replicas - fresh_available));
    for (auto set : old_sets) {
      auto has = s.owner_of(set).replicas;
      auto useless = std::min(has - available_of(s, set), may_go);
      if (useless > 0) {
        set_replicas(s, set, has - useless);
        may_go -= useless;
      }
    }
    auto spare = std::min(may_go, all.available - (wanted - unavailable));
    for (auto set : old_sets) {
      auto has = s.owner_of(set).replicas;
      auto goes = std::min(has, spare);
      if (goes > 0) {
        set_replicas(s, set, has - goes);
        spare -= goes;
      }
    }
  }

  auto updated = fresh == no_row ? 0 : s.owner_of(fresh).current_replicas;
  write_status(
    s, owner,
    {all.ready, updated, all.current, fresh == no_row ? s.owner_of(owner).revision : hash});

  // Old sets without pods are kept for a few revisions only.
  std::vector<uint32_t> empty;
  for (auto set : old_sets)
    if (s.owner_of(set).replicas == 0 && s.owners[set].pods.empty() && s.owners[set].creating == 0)
      empty.push_back(set);
  for (size_t i = 0; i + s.cfg.revision_history < empty.size(); ++i)
    collect_owner(s, empty[i]);
}

}  // namespace scaleops::embedded
