#include "actors/common/logic/cluster_view.hpp"

#include <algorithm>

#include "actors/common/logic/owner_chain.hpp"
#include "actors/common/logic/owner_guess.hpp"
#include "messages/labels.hpp"

namespace scaleops {

void cluster_view::apply(const watch_event& event) {
  if (!event.object)
    return;
  switch (kind_of(*event.object)) {
    case object_kind::pod:
      pods.apply(event);
      break;
    case object_kind::workload:
      workloads.apply(event);
      break;
    case object_kind::node:
      nodes.apply(event);
      break;
    case object_kind::pod_disruption_budget:
      budgets.apply(event);
      break;
    case object_kind::horizontal_pod_autoscaler:
      autoscalers.apply(event);
      break;
    case object_kind::limit_range:
      limit_ranges.apply(event);
      break;
    case object_kind::resource_quota:
      quotas.apply(event);
      break;
    case object_kind::namespace_object:
      namespaces.apply(event);
      break;
    case object_kind::policy:
      policies.apply(event);
      break;
    case object_kind::recommendation:
      recommendations.apply(event);
      break;
    case object_kind::automated_namespace:
      automated.apply(event);
      break;
    case object_kind::custom_owner_grouping:
      groupings.apply(event);
      break;
    case object_kind::health_report:
      reports.apply(event);
      break;
    default:
      break;
  }
}

std::shared_ptr<const recommendation> cluster_view::recommendation_of(
  const workload_ref& ref) const {
  return recommendations.find(ref.ns, ref.object_name());
}

std::shared_ptr<const workload> cluster_view::workload_of(const workload_ref& ref) const {
  return workloads.find(ref.ns, ref.name, ref.kind);
}

std::optional<workload_ref> cluster_view::owner(const pod& of) const {
  auto ref = owner_of(of, workloads, groupings);
  if (!ref)
    ref = guess_owner(of, workloads);
  if (!ref || ref->kind == "Node" || ref->name.empty())
    return std::nullopt;
  return ref;
}

grant_answer cluster_view::grant_of(const workload_ref& ref, const pod* instance,
                                    const recommendation* wish) const {
  auto owner = workload_of(ref);
  auto space = namespaces.find({}, ref.ns);
  auto grant = automated.find({}, ref.ns);
  return evaluate_grant({ref.ns, owner.get(), instance, space.get(), wish, grant.get()});
}

limit_bounds cluster_view::bounds_of(std::string_view ns) const {
  limit_bounds result;
  auto [first, last] = limit_ranges.in_namespace(ns);
  for (; first != last; ++first)
    result.narrow(*first->second);
  return result;
}

std::optional<std::string> cluster_view::quota_refusal(std::string_view ns,
                                                       const amounts& more_requests,
                                                       const amounts& more_limits) const {
  auto [first, last] = quotas.in_namespace(ns);
  for (; first != last; ++first)
    if (auto why = quota_violation(*first->second, more_requests, more_limits))
      return why;
  return std::nullopt;
}

std::optional<amounts> cluster_view::largest_node() const {
  std::optional<amounts> result;
  for (auto& [name, one] : nodes.all()) {
    if (!result)
      result.emplace();
    result->cpu = std::max(result->cpu, one->allocatable.cpu.value_or(0));
    result->memory = std::max(result->memory, one->allocatable.memory.value_or(0));
  }
  return result;
}

}  // namespace scaleops
