#include "actors/common/logic/owner.hpp"

#include <algorithm>
#include <array>

namespace scaleops {

namespace {

constexpr int longest_chain = 5;

const owner_reference* controller_of(const metadata& meta) {
  for (auto& owner : meta.owners)
    if (owner.controller)
      return &owner;
  return nullptr;
}

std::optional<workload_ref> grouped_by_label(const pod& of, const groupings& groups) {
  for (auto& group : groups) {
    if (group->label.empty())
      continue;
    auto found = of.meta.labels.find(group->label);
    if (found != of.meta.labels.end() && !found->second.empty())
      return workload_ref{of.meta.ns, group->kind, found->second};
  }
  return std::nullopt;
}

std::optional<workload_ref> grouped_by_owner(const std::string& ns, const owner_reference& owner,
                                             const groupings& groups) {
  for (auto& group : groups)
    if (!group->owner_kind.empty() && group->owner_kind == owner.kind)
      return workload_ref{ns, group->kind, owner.name};
  return std::nullopt;
}

/// "web-7d9c" with hash "7d9c" belongs to "web".
std::optional<workload_ref> by_template_hash(const pod& of, const owner_reference& owner,
                                             const workload_lookup& find) {
  struct convention {
    const char* label;
    const char* kind;
  };
  static constexpr std::array<convention, 2> conventions{
    {{"pod-template-hash", "Deployment"}, {"rollouts-pod-template-hash", "Rollout"}}};
  for (auto& known : conventions) {
    auto hash = of.meta.labels.find(known.label);
    if (hash == of.meta.labels.end())
      continue;
    auto tail = "-" + hash->second;
    if (owner.name.size() <= tail.size() || !owner.name.ends_with(tail))
      continue;
    auto name = owner.name.substr(0, owner.name.size() - tail.size());
    if (find(of.meta.ns, known.kind, name))
      return workload_ref{of.meta.ns, known.kind, name};
  }
  return std::nullopt;
}

/// "report-29112345" belongs to the CronJob "report": the number is the minute of its schedule.
std::optional<workload_ref> by_schedule_number(const pod& of, const owner_reference& owner,
                                               const workload_lookup& find) {
  auto dash = owner.name.rfind('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == owner.name.size())
    return std::nullopt;
  auto digits = std::string_view(owner.name).substr(dash + 1);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  auto name = owner.name.substr(0, dash);
  if (find(of.meta.ns, "CronJob", name))
    return workload_ref{of.meta.ns, "CronJob", name};
  return std::nullopt;
}

}  // namespace

owner_answer owner_of(const pod& of, const workload_lookup& find, const groupings& groups) {
  if (auto ref = grouped_by_label(of, groups))
    return {ref, true};
  auto* owner = controller_of(of.meta);
  if (!owner) {
    if (of.meta.name.empty())
      return {};
    return {workload_ref{of.meta.ns, "Pod", of.meta.name}, true};
  }
  if (owner->kind == "Node")
    return {};  // a static pod: the kubelet's own
  workload_ref top{of.meta.ns, owner->kind, owner->name};
  for (int link = 0; link < longest_chain; ++link) {
    if (auto ref = grouped_by_owner(of.meta.ns, *owner, groups))
      return {ref, true};
    top = {of.meta.ns, owner->kind, owner->name};
    auto* object = find(of.meta.ns, owner->kind, owner->name);
    if (!object) {
      if (owner->kind == "ReplicaSet")
        return {by_template_hash(of, *owner, find), false};
      if (owner->kind == "Job") {
        auto ref = by_schedule_number(of, *owner, find);
        return {ref ? ref : top, false};
      }
      return {top, true};  // a kind that we don't watch
    }
    auto* next = controller_of(object->meta);
    if (!next)
      return {top, true};
    owner = next;
  }
  return {};  // a ring of owners
}

bool runs_to_end(std::string_view kind) {
  return kind == "Job" || kind == "CronJob";
}

}  // namespace scaleops
