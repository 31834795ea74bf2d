#include "actors/recommender/logic/bounds.hpp"

#include <algorithm>
#include <cmath>

namespace scaleops::recommender_logic {

namespace {

constexpr std::array both = {resource_kind::cpu, resource_kind::memory};

void at_least(draft& d, resource_kind kind, std::optional<int64_t> bound, reason_code why) {
  if (bound && d.wish(kind) > 0 && d.wish(kind) < double(*bound)) {
    d.wish(kind) = double(*bound);
    d.say(kind, why, double(*bound), 0);
  }
}

void at_most(draft& d, resource_kind kind, std::optional<int64_t> bound, reason_code why) {
  if (bound && *bound > 0 && d.wish(kind) > double(*bound)) {
    d.wish(kind) = double(*bound);
    d.say(kind, why, double(*bound), 0);
  }
}

/// Request that counts for the pod's sum: the wish, or what stays in force.
double counted(draft& d, resource_kind kind) {
  return d.wish(kind) > 0 ? d.wish(kind)
                          : double(field(d.input->current.requests, kind).value_or(0));
}

/// Shrinks the wishes alike so that the pod's sum keeps to `room`.
void fit_sum(std::span<draft> drafts, resource_kind kind, double room, reason_code why) {
  double fixed = 0, movable = 0, init = 0;
  for (auto& d : drafts) {
    if (d.input->role == container_role::init) {
      init = std::max(init, counted(d, kind));
      at_most(d, kind, int64_t(room), why);
    } else {
      (d.wish(kind) > 0 ? movable : fixed) += counted(d, kind);
    }
  }
  if (movable <= 0 || fixed + movable <= room)
    return;
  double factor = std::max(0.0, room - fixed) / movable;
  for (auto& d : drafts)
    if (d.input->role != container_role::init && d.wish(kind) > 0) {
      d.wish(kind) = std::max(1.0, std::floor(d.wish(kind) * factor));
      d.say(kind, why, d.wish(kind), room);
    }
}

constexpr int64_t largest_limit = int64_t{1} << 53;  // of a Kubernetes quantity as we read them

/// request × limit / old request without rounding on the way, down to a whole unit.
int64_t scaled(int64_t request, int64_t limit, int64_t old_request) {
  auto exact = static_cast<__int128>(request) * limit / old_request;
  return int64_t(std::min<__int128>(exact, largest_limit));
}

std::optional<int64_t> scaled_limit(const resource_policy& policy, const draft& d,
                                    resource_kind kind, int64_t request) {
  auto old_limit = field(d.input->current.limits, kind);
  auto old_request = field(d.input->current.requests, kind);
  switch (policy.limit) {
    case limit_strategy::keep:
      return old_limit ? std::optional{std::max(*old_limit, request)} : std::nullopt;
    case limit_strategy::keep_ratio:
      if (!old_limit)
        return std::nullopt;
      if (!old_request || *old_request <= 0)
        return std::max(*old_limit, request);
      return std::max(request, scaled(request, *old_limit, *old_request));
    case limit_strategy::equal_to_request:
      return request;
    case limit_strategy::multiple:
      return std::max(request, int64_t(std::min(std::ceil(double(request) * policy.limit_multiple),
                                                double(largest_limit))));
    case limit_strategy::none:
      return std::nullopt;
  }
  return std::nullopt;
}

bool gets_limits(const draft& d) {
  if (d.input->current.limits != resources{})
    return true;
  return !d.off && std::any_of(both.begin(), both.end(), [&](auto kind) {
    return scaled_limit(d.policy(kind), d, kind, 1).has_value();
  });
}

}  // namespace

void apply_container_bounds(draft& d, const sizing_facts& facts) {
  for (auto kind : both) {
    auto& policy = d.policy(kind);
    at_least(d, kind, policy.min, reason_code::policy_min);
    at_most(d, kind, policy.max, reason_code::policy_max);
    if (facts.limits) {
      at_least(d, kind, field(facts.limits->container_min, kind), reason_code::limit_range_min);
      at_most(d, kind, field(facts.limits->container_max, kind), reason_code::limit_range_max);
    }
  }
}

void apply_pod_bounds(std::span<draft> drafts, const sizing_facts& facts) {
  for (auto kind : both) {
    if (facts.limits && field(facts.limits->pod_max, kind))
      fit_sum(drafts, kind, double(*field(facts.limits->pod_max, kind)),
              reason_code::limit_range_max);
    if (auto room = field(facts.node_room, kind))
      fit_sum(drafts, kind, double(*room), reason_code::node_room);
    if (auto left = field(facts.quota_requests, kind))
      fit_sum(drafts, kind, double(*left) / std::max(1, facts.replicas), reason_code::quota);
  }
}

void apply_hpa_guard(draft& d, const sizing_facts& facts) {
  if (facts.hpa_moves)
    return;
  for (auto& metric : facts.hpa) {
    if (!metric.utilization || (!metric.container.empty() && metric.container != d.input->name))
      continue;
    auto current = field(d.input->current.requests, metric.resource);
    auto& wish = d.wish(metric.resource);
    if (!current || wish <= 0 || wish == double(*current))
      continue;
    d.say(metric.resource, reason_code::hpa_guard, double(*current), wish);
    wish = double(*current);
  }
}

void apply_limits(std::span<draft> drafts, const sizing_facts& facts) {
  // Where no limit stands and none comes, the class stays as it is.
  if (std::none_of(drafts.begin(), drafts.end(), gets_limits))
    return;
  auto counts = [](const draft& d) {
    return d.input->role == container_role::main || d.input->role == container_role::sidecar ||
           d.input->role == container_role::init;
  };
  std::vector<container_resources> pod;
  pod.reserve(drafts.size());
  for (auto& d : drafts)
    if (counts(d))
      pod.push_back(d.input->current);
  auto was = qos_of(pod);
  auto merged = pod.begin();
  for (auto& d : drafts) {
    auto& target = d.out.target;
    for (auto kind : both) {
      auto request = field(target.requests, kind);
      if (d.off || !request)
        continue;
      auto limit = scaled_limit(d.policy(kind), d, kind, *request);
      if (limit && facts.limits && field(facts.limits->container_max, kind))
        limit = std::max(*request, std::min(*limit, *field(facts.limits->container_max, kind)));
      field(target.limits, kind) = limit;
    }
    if (!counts(d))
      continue;
    for (auto kind : both) {
      if (field(target.requests, kind))
        field(merged->requests, kind) = field(target.requests, kind);
      if (field(target.limits, kind))
        field(merged->limits, kind) = field(target.limits, kind);
    }
    ++merged;
  }
  auto becomes = qos_of(pod);
  if (was == becomes || was == qos_class::best_effort)
    return;
  if (was == qos_class::guaranteed) {
    for (auto& d : drafts)
      for (auto kind : both)
        if (auto request = field(d.out.target.requests, kind);
            request && field(d.out.target.limits, kind) != request) {
          field(d.out.target.limits, kind) = request;
          d.say(kind, reason_code::qos_guard, double(*request), 0);
        }
    return;
  }
  // Burstable would become guaranteed: one unit apart keeps the class, below where the LimitRange
  // lets no limit rise.
  for (auto& d : drafts)
    for (auto kind : both) {
      auto& limit = field(d.out.target.limits, kind);
      auto most = facts.limits ? field(facts.limits->container_max, kind) : std::nullopt;
      if (limit && (!most || *limit < *most)) {
        ++*limit;
        d.say(kind, reason_code::qos_guard, double(*limit), 0);
        return;
      }
    }
  for (auto& d : drafts)
    for (auto kind : both)
      if (auto& request = field(d.out.target.requests, kind); request && *request > 1) {
        --*request;
        d.say(kind, reason_code::qos_guard, double(*request), 0);
        return;
      }
}

}  // namespace scaleops::recommender_logic
