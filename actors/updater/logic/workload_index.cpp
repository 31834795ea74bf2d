#include "actors/updater/logic/workload_index.hpp"

#include <utility>
#include <vector>

#include "actors/common/logic/stamps.hpp"

namespace scaleops {

namespace {

bool ended(const pod& value) {
  return value.phase == pod_phase::succeeded || value.phase == pod_phase::failed;
}

pod_ref ref_of(const pod& value) {
  return {value.meta.ns, value.meta.name};
}

}  // namespace

void workload_index::on_pod(const pod_ptr& before, const pod_ptr& after, const cluster_view& view) {
  if (before)
    drop(*before);
  if (after)
    add(after, view);
}

void workload_index::add(const pod_ptr& value, const cluster_view& view) {
  if (ended(*value))
    return;
  if (!value->node.empty())
    held_[value->node] += held_requests(*value);
  auto owner = view.owner(*value);
  if (!owner) {
    unplaced_.insert(ref_of(*value));
    return;
  }
  touched_.insert(*owner);
  placed_.insert_or_assign(ref_of(*value), *owner);
  pods_[*owner].insert_or_assign(ref_of(*value), value);
  if (auto rest = unstamped(*value); !rest.empty())
    unstamped_.insert_or_assign(value->meta.uid, std::move(rest));
}

void workload_index::drop(const pod& value) {
  auto ref = ref_of(value);
  if (!ended(value) && !value.node.empty()) {
    auto held = held_.find(value.node);
    if (held != held_.end()) {
      held->second -= held_requests(value);
      if (held->second == amounts{})
        held_.erase(held);
    }
  }
  unplaced_.erase(ref);
  unstamped_.erase(value.meta.uid);
  auto placed = placed_.find(ref);
  if (placed == placed_.end())
    return;
  touched_.insert(placed->second);
  auto owner = pods_.find(placed->second);
  owner->second.erase(ref);
  if (owner->second.empty())
    pods_.erase(owner);
  placed_.erase(placed);
}

void workload_index::on_workload(const workload& changed, const cluster_view& view) {
  touched_.insert({changed.meta.ns, changed.kind, changed.meta.name});
  std::vector<pod_ptr> again;
  for (auto it = unplaced_.lower_bound({changed.meta.ns, {}});
       it != unplaced_.end() && it->ns == changed.meta.ns; ++it)
    if (auto waiting = view.pods.find(it->ns, it->name))
      again.push_back(std::move(waiting));
  for (auto& waiting : again)
    on_pod(waiting, waiting, view);
}

void workload_index::rebuild(const cluster_view& view) {
  pods_.clear();
  placed_.clear();
  unplaced_.clear();
  held_.clear();
  unstamped_.clear();
  for (auto& [name, value] : view.pods.all())
    add(value, view);
}

const workload_index::pod_map& workload_index::pods_of(const workload_ref& ref) const {
  static const pod_map none;
  auto found = pods_.find(ref);
  return found == pods_.end() ? none : found->second;
}

const named_resources& workload_index::unstamped_of(const pod& one) const {
  static const named_resources none;
  auto found = unstamped_.find(one.meta.uid);
  return found == unstamped_.end() ? none : found->second;
}

std::optional<workload_ref> workload_index::workload_of(const pod_ref& ref) const {
  auto found = placed_.find(ref);
  if (found == placed_.end())
    return std::nullopt;
  return found->second;
}

amounts workload_index::held_on(const std::string& node) const {
  auto found = held_.find(node);
  return found == held_.end() ? amounts{} : found->second;
}

}  // namespace scaleops
