// What limits a recommendation from outside: policy, namespace, quota, node, autoscaler, QoS. Pure.
#pragma once

#include <span>
#include <vector>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops::recommender_logic {

/// A container's decision on its way.
struct draft {
  container_recommendation& out;
  const container_input* input = nullptr;
  const resource_policy* cpu = nullptr;
  const resource_policy* memory = nullptr;
  bool off = false;
  bool silent = false;     // only targets are asked for
  bool killed = false;     // for memory, lately: growth passes the hysteresis
  double wish_cpu = 0;     // millicores, 0: unknown, leave alone
  double wish_memory = 0;  // bytes

  explicit draft(container_recommendation& into) : out{into} {}

  void say(resource_kind resource, reason_code code, double value, double reference) {
    if (!silent)
      out.reasons.push_back({resource, code, value, reference});
  }
  const resource_policy& policy(resource_kind resource) const {
    return resource == resource_kind::cpu ? *cpu : *memory;
  }
  double& wish(resource_kind resource) {
    return resource == resource_kind::cpu ? wish_cpu : wish_memory;
  }
};

/// The field of one resource.
inline std::optional<int64_t>& field(resources& r, resource_kind kind) {
  return kind == resource_kind::cpu ? r.cpu : r.memory;
}
inline const std::optional<int64_t>& field(const resources& r, resource_kind kind) {
  return kind == resource_kind::cpu ? r.cpu : r.memory;
}

/// The policy's own min and max, then the namespace's LimitRange for containers.
void apply_container_bounds(draft& d, const sizing_facts& facts);
/// Pod-level LimitRange, largest node and quota: scales down all containers alike where the sum is
/// too large.
void apply_pod_bounds(std::span<draft> drafts, const sizing_facts& facts);
/// Resources that an HPA scales on stay where they are unless its target moves with them.
void apply_hpa_guard(draft& d, const sizing_facts& facts);
/// Writes limits by strategy; never changes the pod's QoS class.
void apply_limits(std::span<draft> drafts, const sizing_facts& facts);

}  // namespace scaleops::recommender_logic
