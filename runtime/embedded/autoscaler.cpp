// HorizontalPodAutoscalers on CPU and memory, as k8s.io/kubernetes/pkg/controller/podautoscaler
// computes them.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

/// What one metric asks for; nothing when it cannot be computed.
std::optional<int32_t> proposal(const cluster_state& s, const hpa_metric& metric,
                                const std::vector<uint32_t>& pods, int32_t current) {
  double used = 0, requested = 0;
  int32_t ready = 0;
  for (auto pod_index : pods) {
    auto& r = s.pods[pod_index];
    auto& value = s.pod_of(pod_index);
    if (!value.ready)
      continue;
    ++ready;
    for (size_t i = 0; i < value.containers.size(); ++i) {
      auto& c = value.containers[i];
      if (!runs_on(c) || (!metric.container.empty() && metric.container != c.name))
        continue;
      bool cpu = metric.resource == resource_kind::cpu;
      used += cpu ? r.containers[i].used * 1000.0 : double(r.containers[i].working_set);
      auto& request = cpu ? c.resources.requests.cpu : c.resources.requests.memory;
      if (metric.utilization && !request)
        return std::nullopt;
      requested += double(or_zero(request));
    }
  }
  if (ready == 0)
    return std::nullopt;
  double ratio = 1;
  if (metric.utilization) {
    if (requested <= 0 || *metric.utilization <= 0)
      return std::nullopt;
    ratio = std::floor(used * 100 / requested) / *metric.utilization;
  } else if (metric.average_value && *metric.average_value > 0) {
    ratio = used / (double(*metric.average_value) * ready);
  }
  if (std::abs(ratio - 1) <= s.cfg.autoscale_tolerance)
    return current;
  return int32_t(std::ceil(ratio * ready));
}

}  // namespace

void autoscale(cluster_state& s) {
  std::vector<handle> all;
  s.store.each(object_kind::horizontal_pod_autoscaler, {}, [&](handle e) { all.push_back(e); });
  for (auto e : all) {
    auto& hpa = e->as<horizontal_pod_autoscaler>();
    auto target =
      s.store.find(object_kind::workload, hpa.target.ns.empty() ? hpa.meta.ns : hpa.target.ns,
                   hpa.target.name, hpa.target.kind);
    if (!target || target->as<workload>().replicas == 0)
      continue;
    auto current = target->as<workload>().replicas;
    std::vector<uint32_t> pods;
    for (auto p : s.owners[target->row].pods)
      pods.push_back(p);
    for (auto child : s.owners[target->row].children)
      pods.insert(pods.end(), s.owners[child].pods.begin(), s.owners[child].pods.end());
    std::erase_if(pods, [&](uint32_t p) { return !active(s, p); });
    std::optional<int32_t> wish;
    for (auto& metric : hpa.metrics)
      if (auto one = proposal(s, metric, pods, current))
        wish = std::max(wish.value_or(0), *one);
    auto desired = std::clamp(wish.value_or(current), hpa.min_replicas,
                              std::max(hpa.min_replicas, hpa.max_replicas));
    // Down only to the highest wish of the stabilisation window; up at most to double, or by four.
    auto& past = s.scale_wishes[{hpa.meta.ns, hpa.meta.name}];
    past.emplace_back(s.now, desired);
    std::erase_if(past, [&](auto& w) { return s.now - w.first > s.cfg.scale_down_stabilisation; });
    for (auto& [at, value] : past)
      if (value > desired)
        desired = std::min(value, std::max(current, desired));
    desired = std::min(desired, std::max(current * 2, current + 4));
    if (desired != current) {
      ++s.truth.scale_changes;
      tell(s, "HorizontalPodAutoscaler", hpa.meta, "SuccessfulRescale",
           fmt::format("New size: {}", desired), "horizontal-pod-autoscaler", false);
      set_replicas(s, target->row, desired);
    }
    if (hpa.current_replicas != current || hpa.desired_replicas != desired)
      s.store.mutate<horizontal_pod_autoscaler>(e, s.now, [&](horizontal_pod_autoscaler& h) {
        h.current_replicas = current;
        h.desired_replicas = desired;
      });
  }
}

}  // namespace scaleops::embedded
