#include "actors/common/logic/owner_guess.hpp"

#include <algorithm>
#include <array>

namespace scaleops {

namespace {

/// "web-7d9c" with hash "7d9c" belongs to "web".
std::optional<workload_ref> by_template_hash(const pod& of, const std::string& replica_set,
                                             const object_cache<workload>& workloads) {
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
    if (replica_set.size() <= tail.size() || !replica_set.ends_with(tail))
      continue;
    auto name = replica_set.substr(0, replica_set.size() - tail.size());
    if (workloads.find(of.meta.ns, name, known.kind))
      return workload_ref{of.meta.ns, known.kind, name};
  }
  return std::nullopt;
}

/// "report-29112345" belongs to the CronJob "report": the number is the minute of its schedule.
std::optional<workload_ref> by_schedule_number(const pod& of, const std::string& job,
                                               const object_cache<workload>& workloads) {
  auto dash = job.rfind('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == job.size())
    return std::nullopt;
  auto digits = std::string_view(job).substr(dash + 1);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  auto name = job.substr(0, dash);
  if (!workloads.find(of.meta.ns, name, "CronJob"))
    return std::nullopt;
  return workload_ref{of.meta.ns, "CronJob", name};
}

}  // namespace

std::optional<workload_ref> guess_owner(const pod& of, const object_cache<workload>& workloads) {
  for (auto& owner : of.meta.owners) {
    if (!owner.controller)
      continue;
    if (owner.kind == "ReplicaSet")
      return by_template_hash(of, owner.name, workloads);
    if (owner.kind == "Job")
      return by_schedule_number(of, owner.name, workloads);
  }
  return std::nullopt;
}

bool runs_to_end(std::string_view kind) {
  return kind == "Job" || kind == "CronJob";
}

}  // namespace scaleops
