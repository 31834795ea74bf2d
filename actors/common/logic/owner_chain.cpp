#include "actors/common/logic/owner_chain.hpp"

namespace scaleops {

namespace {

constexpr int longest_chain = 8;  // a cycle of owners must not hold us

const owner_reference* controller_of(const metadata& meta) {
  for (auto& owner : meta.owners)
    if (owner.controller)
      return &owner;
  return nullptr;
}

/// Kinds that always have their object in our cache, once it is complete.
bool always_watched(const std::string& kind) {
  return kind == "ReplicaSet" || kind == "Job";
}

bool owned_by_kind(const pod& pod, const std::string& kind) {
  for (auto& owner : pod.meta.owners)
    if (owner.kind == kind)
      return true;
  return false;
}

std::optional<workload_ref> group_of(const pod& pod,
                                     const object_cache<custom_owner_grouping>& groupings) {
  for (auto& [name, grouping] : groupings.all()) {
    if (!grouping->owner_kind.empty() && !owned_by_kind(pod, grouping->owner_kind))
      continue;
    auto label = pod.meta.labels.find(grouping->label);
    if (label != pod.meta.labels.end() && !label->second.empty())
      return workload_ref{pod.meta.ns, grouping->kind, label->second};
  }
  return std::nullopt;
}

}  // namespace

std::optional<workload_ref> owner_of(const pod& pod, const object_cache<workload>& workloads,
                                     const object_cache<custom_owner_grouping>& groupings) {
  if (auto group = group_of(pod, groupings))
    return group;
  auto* owner = controller_of(pod.meta);
  if (!owner)
    return workload_ref{pod.meta.ns, "Pod", pod.meta.name};
  workload_ref top{pod.meta.ns, owner->kind, owner->name};
  for (int i = 0; i < longest_chain; ++i) {
    auto found = workloads.find(top.ns, top.name, top.kind);
    if (!found)
      return always_watched(top.kind) ? std::nullopt : std::optional{top};
    auto* next = controller_of(found->meta);
    if (!next)
      return top;
    top = {top.ns, next->kind, next->name};
  }
  return top;
}

}  // namespace scaleops
