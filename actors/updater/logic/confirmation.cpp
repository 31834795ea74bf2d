#include "actors/updater/logic/confirmation.hpp"

#include <algorithm>
#include <utility>

#include "actors/common/logic/stamps.hpp"
#include "actors/updater/logic/progress.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

std::vector<container_resize> parts_of(const named_resources& named) {
  std::vector<container_resize> parts;
  for (auto& [name, value] : named)
    parts.push_back({name, value});
  return parts;
}

/// The same in all containers that `some` names.
bool has(const pod& one, const named_resources& some) {
  return std::all_of(some.begin(), some.end(), [&](auto& entry) {
    auto index = find_container(one.containers, entry.first);
    return index && one.containers[*index].resources == entry.second;
  });
}

bool in_force(const pod& one, const named_resources& some) {
  return progress_of(one, parts_of(some), one.meta.generation).stage == resize_stage::done;
}

/// Fills in what the change was: from what is written on the pod to what it has.
void describe_change(pod_wish& wish, const named_resources& now_has) {
  auto before = *wish.target;
  for (auto& container : before.containers)
    if (auto written = stamped_resources(before.meta, container.name))
      container.resources = *written;
  auto changes = changes_back(before, now_has);
  wish.detail = describe(before, changes);
  double largest = -1;
  for (auto& change : changes) {
    if (change.relative <= largest)
      continue;
    largest = change.relative;
    wish.container = before.containers[change.container].name;
    wish.before = before.containers[change.container].resources;
    wish.after = wish.target->containers[change.container].resources;
  }
}

bool resting(const workload_ref& ref, const plan_inputs& in) {
  auto found = in.memory.workloads.find(ref);
  return found != in.memory.workloads.end() && found->second.hold_until > in.now;
}

}  // namespace

std::optional<pod_wish> confirmation_of(const workload_situation& situation,
                                        const std::shared_ptr<const pod>& target,
                                        const plan_inputs& in, bool as_it_should_be) {
  auto remembered = in.memory.pods.find(target->meta.uid);
  auto* memory = remembered == in.memory.pods.end() ? nullptr : &remembered->second;
  bool unsure = memory && (memory->unsure || memory->told) && has(*target, memory->sent);
  if (!as_it_should_be && !unsure)
    return std::nullopt;
  if (memory && target->meta.resource_version < memory->stamped_version)
    return std::nullopt;  // the watch has not caught up with our own stamps yet
  named_resources now_has;
  if (situation.reverting) {
    auto origin = origin_of(target->meta);
    bool stamped = target->meta.labels.contains(std::string(labels::managed));
    if (!origin || !stamped || *origin != named(target->containers))
      return std::nullopt;
    now_has = std::move(*origin);
  } else {
    now_has = in.index.unstamped_of(*target);
    if (now_has.empty() || !in_force(*target, now_has))
      return std::nullopt;
  }
  if (resting(situation.ref, in))
    return std::nullopt;
  pod_wish wish;
  wish.workload = situation.ref;
  wish.target = target;
  wish.containers = parts_of(now_has);
  wish.confirms = true;
  wish.reverts = situation.reverting;
  wish.revision = situation.decision ? situation.decision->revision : 0;
  wish.policy = situation.decision ? situation.decision->policy : "";
  describe_change(wish, now_has);
  return wish;
}

}  // namespace scaleops
