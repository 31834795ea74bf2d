// DaemonSets: one pod on every node, renewed one at a time.
#include <set>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

void reconcile_daemon_set(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  auto hash = template_hash(s.owner_of(owner));
  std::set<uint32_t> covered(r.creating_on.begin(), r.creating_on.end());
  owner_status status;
  status.revision = hash;
  uint32_t stale = no_row;
  bool all_ready = true;
  std::vector<uint32_t> ended;
  for (auto pod_index : r.pods) {
    auto& p = s.pods[pod_index];
    if (!p.terminating && !active(s, pod_index)) {
      ended.push_back(pod_index);
      continue;
    }
    covered.insert(p.wanted);  // a terminating pod's node waits for its end
    if (p.terminating) {
      all_ready = false;
      continue;
    }
    auto& value = s.pod_of(pod_index);
    ++status.current;
    status.ready += value.ready;
    all_ready &= value.ready;
    auto revision = value.meta.labels.find("controller-revision-hash");
    if (revision != value.meta.labels.end() && revision->second == hash)
      ++status.updated;
    else
      stale = pod_index;
  }
  for (auto pod_index : ended)
    delete_pod(s, pod_index);
  int32_t wanted = 0;
  for (uint32_t i = 0; i < s.nodes.size(); ++i) {
    if (!s.nodes[i].slot)
      continue;
    ++wanted;
    if (covered.contains(i) || s.now < s.owners[owner].retry)
      continue;
    auto what = from_template(s, owner);
    what.wanted_node = i;
    what.value.meta.labels["controller-revision-hash"] = hash;
    spawn_pod(s, owner, std::move(what));
  }
  if (stale != no_row && all_ready && status.current == wanted)
    delete_pod(s, stale);
  if (s.owner_of(owner).replicas != wanted)  // status.desiredNumberScheduled
    s.store.mutate<workload>(r.slot, s.now, [&](workload& w) { w.replicas = wanted; });
  write_status(s, owner, status);
}

}  // namespace scaleops::embedded
