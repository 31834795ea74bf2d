#include "actors/updater/logic/disruption.hpp"

#include <algorithm>

#include "messages/labels.hpp"

namespace scaleops {

bool may_disrupt(const replica_state& state, double share) {
  auto most = int32_t(double(state.desired) * share);
  if (most < 1)
    return state.away == 0 && state.ready >= state.desired;
  return std::max(state.desired - state.ready, state.away) < most;
}

std::optional<std::string> budget_refusal(
  const object_cache<pod_disruption_budget>& budgets, const pod& of,
  const std::vector<std::shared_ptr<const pod>>& under_way) {
  const pod_disruption_budget* found = nullptr;
  auto [first, last] = budgets.in_namespace(of.meta.ns);
  for (; first != last; ++first) {
    if (!first->second->selector.matches(of.meta.labels))
      continue;
    if (found)
      return "two PodDisruptionBudgets cover the pod: " + found->meta.name + " and " +
             first->second->meta.name;
    found = first->second.get();
  }
  // A pod that does not run counts for nobody.
  if (!found || of.phase != pod_phase::running)
    return std::nullopt;
  auto name = "PodDisruptionBudget " + found->meta.name;
  if (found->observed_generation < found->meta.generation)
    return name + " has not been evaluated yet";
  // IfHealthyBudget: a pod that is not ready may go while the budget is met without it.
  if (!of.ready && found->desired_healthy > 0 && found->current_healthy >= found->desired_healthy)
    return std::nullopt;
  auto spent = std::count_if(under_way.begin(), under_way.end(), [&](auto& other) {
    return other->meta.ns == of.meta.ns && found->selector.matches(other->meta.labels);
  });
  if (found->disruptions_allowed - spent < 1)
    return name + " allows " + std::to_string(found->disruptions_allowed) + " disruptions, " +
           std::to_string(spent) + " under way";
  return std::nullopt;
}

std::optional<std::string> wants_peace(const pod& of) {
  auto is = [&](std::string_view key, std::string_view value) {
    auto found = of.meta.annotations.find(std::string(key));
    return found != of.meta.annotations.end() && found->second == value;
  };
  if (is(labels::safe_to_evict, "false"))
    return std::string(labels::safe_to_evict);
  for (auto key : {labels::do_not_disrupt, labels::do_not_evict})
    if (is(key, "true"))
      return std::string(key);
  return std::nullopt;
}

}  // namespace scaleops
