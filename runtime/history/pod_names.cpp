#include "runtime/history/pod_names.hpp"

#include <utility>

namespace scaleops::history {

namespace {

/// Kubernetes' random suffixes and hashes leave out vowels and what looks alike.
bool is_random(std::string_view text, size_t least, size_t most) {
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  return text.size() >= least && text.size() <= most &&
         text.find_first_not_of(letters) == text.npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

/// "a-b" in its two parts; empty where there is no dash.
std::pair<std::string_view, std::string_view> halves(std::string_view text) {
  auto dash = text.rfind('-');
  if (dash == text.npos)
    return {};
  return {text.substr(0, dash), text.substr(dash + 1)};
}

}  // namespace

bool is_pod_suffix(std::string_view kind, std::string_view rest) {
  if (!rest.starts_with('-'))
    return kind == "Pod" && rest.empty();
  rest.remove_prefix(1);
  if (kind == "StatefulSet")
    return is_number(rest);
  auto [first, last] = halves(rest);
  if (kind == "Deployment" || kind == "Rollout")
    return is_random(first, 1, 10) && is_random(last, 5, 5);
  if (kind == "CronJob")
    return is_number(first) && is_random(last, 5, 5);
  return kind != "Pod" && is_random(rest, 5, 5);  // DaemonSet, ReplicaSet, Job
}

std::optional<workload_ref> pod_names::owner_of(const pod_ref& pod) const {
  if (auto found = known_.find(pod); found != known_.end())
    return found->second;
  auto home = owners_.find(pod.ns);
  if (home == owners_.end())
    return std::nullopt;
  const workload_ref* best = nullptr;
  for (auto& owner : home->second)
    if (pod.name.starts_with(owner.name) &&
        is_pod_suffix(owner.kind, std::string_view{pod.name}.substr(owner.name.size())) &&
        (!best || best->name.size() < owner.name.size()))
      best = &owner;
  return best ? std::optional{*best} : std::nullopt;
}

}  // namespace scaleops::history
