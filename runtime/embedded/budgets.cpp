// PodDisruptionBudgets: their status, and the eviction API that obeys it.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

/// Percentages round up, as intstr.GetScaledValueFromIntOrPercent does for budgets.
int32_t scaled(const int_or_percent& value, int32_t total) {
  return value.percent ? int32_t((int64_t(value.value) * total + 99) / 100) : value.value;
}

/// Number of pods that the owners of the given pods want, bare pods counting one each.
int32_t wanted_by_owners(const cluster_state& s, const std::vector<uint32_t>& pods) {
  std::set<uint32_t> roots;
  int32_t sum = 0;
  for (auto p : pods) {
    auto& r = s.pods[p];
    if (r.root == no_row)
      ++sum;
    else if (roots.insert(r.root).second)
      sum += s.owner_of(r.root).replicas;
  }
  return sum;
}

bool healthy(const cluster_state& s, uint32_t pod_index) {
  return s.pod_of(pod_index).ready && !s.pods[pod_index].terminating;
}

}  // namespace

void update_budget(cluster_state& s, handle at) {
  auto& budget = at->as<pod_disruption_budget>();
  std::vector<uint32_t> pods;
  int32_t good = 0;
  s.store.each(object_kind::pod, budget.meta.ns, [&](handle p) {
    auto& value = p->as<pod>();
    if (value.phase == pod_phase::succeeded || value.phase == pod_phase::failed ||
        !budget.selector.matches(value.meta.labels))
      return;
    pods.push_back(p->row);
    good += healthy(s, p->row);
  });
  int32_t expected = int32_t(pods.size()), desired = 0;
  if (budget.max_unavailable) {
    expected = wanted_by_owners(s, pods);
    desired = std::max(0, expected - scaled(*budget.max_unavailable, expected));
  } else if (budget.min_available) {
    if (budget.min_available->percent)
      expected = wanted_by_owners(s, pods);
    desired = scaled(*budget.min_available, expected);
  }
  auto allowed = expected > 0 ? std::max(0, good - desired) : 0;
  if (budget.disruptions_allowed != allowed || budget.current_healthy != good ||
      budget.desired_healthy != desired || budget.expected_pods != expected ||
      budget.observed_generation != budget.meta.generation)
    s.store.mutate<pod_disruption_budget>(at, s.now, [&](pod_disruption_budget& b) {
      b.disruptions_allowed = allowed;
      b.current_healthy = good;
      b.desired_healthy = desired;
      b.expected_pods = expected;
      b.observed_generation = b.meta.generation;
    });
}

outcome<nothing> evict(cluster_state& s, const evict_pod& request) {
  auto at = s.store.find(object_kind::pod, request.pod.ns, request.pod.name);
  if (!at)
    return api_error{ec::not_found, fmt::format("pods \"{}\" not found", request.pod.name)};
  auto& value = at->as<pod>();
  if (!request.uid.empty() && request.uid != value.meta.uid)
    return api_error{ec::conflict, fmt::format("pods \"{}\" is another pod by now: its uid is {}",
                                               value.meta.name, value.meta.uid)};
  auto go = [&]() -> outcome<nothing> {
    if (request.dry_run)
      return nothing{};
    ++s.truth.evictions;
    tell(s, "Pod", value.meta, "Evicted", "Evicted by the eviction API", "eviction", false);
    delete_pod(s, at->row);
    return nothing{};
  };
  // Pods that do no work, or are going anyway, are no disruption.
  if (value.phase != pod_phase::running || s.pods[at->row].terminating)
    return go();
  std::vector<const pod_disruption_budget*> budgets;
  s.store.each(object_kind::pod_disruption_budget, value.meta.ns, [&](handle e) {
    auto& budget = e->as<pod_disruption_budget>();
    if (budget.selector.matches(value.meta.labels))
      budgets.push_back(&budget);
  });
  if (budgets.empty())
    return go();
  if (budgets.size() > 1)
    return api_error{ec::server_error,
                     "This pod has more than one PodDisruptionBudget, which the eviction "
                     "subresource does not support."};
  auto& budget = *budgets.front();
  // An unhealthy pod may go while the others are enough (IfHealthyBudget).
  if (!value.ready && budget.desired_healthy > 0 &&
      budget.current_healthy >= budget.desired_healthy)
    return go();
  if (budget.observed_generation < budget.meta.generation || budget.disruptions_allowed <= 0) {
    ++s.truth.evictions_refused;
    return api_error{ec::too_many_requests,
                     fmt::format("Cannot evict pod as it would violate the pod's disruption budget "
                                 "{}: needs {} healthy pods and has {}",
                                 budget.meta.name, budget.desired_healthy, budget.current_healthy)};
  }
  return go();
}

}  // namespace scaleops::embedded
