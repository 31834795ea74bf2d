#include "actors/updater/logic/change.hpp"

#include <algorithm>
#include <cmath>

#include "actors/common/logic/target.hpp"

namespace scaleops {

namespace {

constexpr double from_nothing = 10;

double relative(const std::optional<int64_t>& from, const std::optional<int64_t>& to) {
  if (from == to)
    return 0;
  if (!from || !to || *from == 0)
    return from_nothing;
  return std::abs(double(*to) - double(*from)) / double(*from);
}

resource_change difference(const container_spec& spec, size_t index, resource_kind kind,
                           const container_resources& to) {
  resource_change change;
  change.container = index;
  change.kind = kind;
  change.request_from = part_of(spec.resources.requests, kind);
  change.limit_from = part_of(spec.resources.limits, kind);
  change.request_to = part_of(to.requests, kind);
  change.limit_to = part_of(to.limits, kind);
  auto request = change.request_to.value_or(0), before = change.request_from.value_or(0);
  change.grows = request > before ||
                 (request == before && change.limit_to.value_or(0) > change.limit_from.value_or(0));
  change.relative = std::max(relative(change.request_from, change.request_to),
                             relative(change.limit_from, change.limit_to));
  auto policy = kind == resource_kind::cpu ? spec.resize_cpu : spec.resize_memory;
  change.restarts = policy == resize_policy::restart_container;
  return change;
}

bool differs(const resource_change& change) {
  return change.request_from != change.request_to || change.limit_from != change.limit_to;
}

bool resizable(const container_spec& spec) {
  return spec.role != container_role::init;
}

}  // namespace

std::vector<resource_change> changes_to(const pod& of, const workload_recommendation& decision,
                                        const policy_spec& policy, const limit_bounds& bounds) {
  std::vector<resource_change> result;
  for (auto& wish : decision.containers) {
    auto index = find_container(of.containers, wish.name);
    if (!index || !resizable(of.containers[*index]) || left_alone(policy, wish.name))
      continue;
    auto& spec = of.containers[*index];
    for (auto kind : both_resources) {
      auto to = with_target(spec.resources, wish, policy, kind);
      if (to != spec.resources && !fit_container(bounds, to))
        continue;
      auto change = difference(spec, *index, kind, to);
      if (!differs(change))
        continue;
      auto& lower = part_of(wish.lower, kind);
      auto& upper = part_of(wish.upper, kind);
      auto current = change.request_from.value_or(0);
      change.outside =
        (lower && current < *lower) || (upper && change.request_from && current > *upper);
      change.urgent = wish.urgent && change.grows;
      change.confidence = wish.confidence;
      result.push_back(change);
    }
  }
  return result;
}

std::vector<resource_change> changes_back(
  const pod& of, const std::map<std::string, container_resources>& origin) {
  std::vector<resource_change> result;
  for (size_t i = 0; i < of.containers.size(); ++i) {
    auto& spec = of.containers[i];
    auto before = origin.find(spec.name);
    if (before == origin.end() || !resizable(spec))
      continue;
    for (auto kind : both_resources) {
      // What was added cannot be removed in place: it stays.
      auto change = difference(spec, i, kind, merged(spec.resources, before->second));
      if (differs(change))
        result.push_back(change);
    }
  }
  return result;
}

bool worthwhile(const resource_change& change, const updater_rules& rules) {
  if (change.urgent || change.outside)
    return true;
  double current = double(change.request_from.value_or(0));
  if (current <= 0)
    return true;
  double share = change.grows ? rules.up_threshold : rules.down_threshold;
  return change.relative >= share * (1 + double(rules.small[change.kind]) / current);
}

std::vector<container_spec> with_changes(const std::vector<container_spec>& containers,
                                         const std::vector<resource_change>& changes) {
  auto result = containers;
  for (auto& change : changes) {
    auto& value = result[change.container].resources;
    part_of(value.requests, change.kind) = change.request_to;
    part_of(value.limits, change.kind) = change.limit_to;
  }
  return result;
}

std::string describe(const pod& target, const std::vector<resource_change>& changes) {
  std::string text;
  for (auto& change : changes) {
    auto amount = [&](const std::optional<int64_t>& value) {
      return value ? format_amount(change.kind, *value) : std::string("none");
    };
    bool request = change.request_from != change.request_to;
    text += (text.empty() ? "" : ", ") + target.containers[change.container].name + ": " +
            std::string(to_string(change.kind)) + (request ? " " : " limit ") +
            amount(request ? change.request_from : change.limit_from) + " to " +
            amount(request ? change.request_to : change.limit_to);
  }
  return text;
}

}  // namespace scaleops
