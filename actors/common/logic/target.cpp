#include "actors/common/logic/target.hpp"

#include <algorithm>

#include "actors/common/logic/pattern.hpp"

namespace scaleops {

namespace {

const container_policy* policy_for(const policy_spec& policy, std::string_view container) {
  for (auto& one : policy.containers)
    if (matches_pattern(one.name, container))
      return &one;
  return nullptr;
}

}  // namespace

const resource_policy& sizing_of(const policy_spec& policy, std::string_view container,
                                 resource_kind kind) {
  if (auto* one = policy_for(policy, container)) {
    auto& own = kind == resource_kind::cpu ? one->cpu : one->memory;
    if (own)
      return *own;
  }
  return kind == resource_kind::cpu ? policy.cpu : policy.memory;
}

bool left_alone(const policy_spec& policy, std::string_view container) {
  auto* one = policy_for(policy, container);
  return one && one->off;
}

container_resources with_target(const container_resources& current,
                                const container_recommendation& wish, const policy_spec& policy,
                                resource_kind kind) {
  auto result = current;
  if (auto target = part_of(wish.target.requests, kind)) {
    auto& bounds = sizing_of(policy, wish.name, kind);
    if (bounds.max)
      target = std::min(*target, *bounds.max);
    if (bounds.min)
      target = std::max(*target, *bounds.min);
    part_of(result.requests, kind) = target;
  }
  if (auto& limit = part_of(wish.target.limits, kind))
    part_of(result.limits, kind) = limit;
  lift_limits(result);
  return result;
}

}  // namespace scaleops
