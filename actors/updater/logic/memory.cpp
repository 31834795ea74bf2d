#include "actors/updater/logic/memory.hpp"

#include <algorithm>

#include "actors/common/logic/resources.hpp"

namespace scaleops {

void updater_memory::back_off(const workload_ref& ref, refusal why, std::string detail,
                              const updater_rules& rules, instant now) {
  auto& memory = workloads[ref];
  auto wait =
    std::min(rules.backoff_most, rules.backoff_first * (1u << std::min(memory.refusals, 16u)));
  ++memory.refusals;
  memory.hold_until = now + wait;
  memory.hold_why = why;
  memory.hold_detail = std::move(detail);
}

void updater_memory::calm_down(const workload_ref& ref) {
  if (auto found = workloads.find(ref); found != workloads.end())
    found->second.refusals = 0;
}

bool updater_memory::note_revert(const workload_ref& ref, std::string detail,
                                 const updater_rules& rules, instant now) {
  auto& memory = workloads[ref];
  while (!memory.reverts.empty() && now - memory.reverts.front() > rules.fight_window)
    memory.reverts.pop_front();
  memory.reverts.push_back(now);
  if (memory.reverts.size() < rules.fight_reverts)
    return false;
  memory.reverts.clear();
  memory.hold_until = now + rules.fight_pause;
  memory.hold_why = refusal::fight;
  memory.hold_detail = std::move(detail);
  return true;
}

void updater_memory::note_failure(const updater_rules& rules, instant now) {
  while (!failures.empty() && now - failures.front() > rules.failure_window)
    failures.pop_front();
  failures.push_back(now);
}

void updater_memory::forget(const pod& gone) {
  pods.erase(gone.meta.uid);
  auto used = usage.find({gone.meta.ns, gone.meta.name});
  if (used != usage.end())
    usage.erase(used);
}

bool reverted(const pod_memory& memory, const pod& before, const pod& now_has) {
  if (memory.sent_generation == 0 || now_has.meta.generation <= memory.sent_generation)
    return false;
  for (auto& [name, ours] : memory.sent) {
    auto was = find_container(before.containers, name);
    auto is = find_container(now_has.containers, name);
    if (was && is && before.containers[*was].resources == ours &&
        now_has.containers[*is].resources != ours)
      return true;
  }
  return false;
}

}  // namespace scaleops
