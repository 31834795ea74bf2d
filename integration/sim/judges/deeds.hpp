// What the platform did to a pod, read off the pod's own change.
#pragma once

#include "integration/sim/world/truth.hpp"
#include "messages/labels.hpp"

namespace scaleops::sim {

/// Healthcheck's own playground.
inline bool is_canary(const workload_ref& ref) {
  return ref.ns == labels::canary_namespace;
}

/// Nobody but the platform changes a pod's resources once it is there.
inline bool resized(const pod_change& change) {
  if (!change.before || !change.after)
    return false;
  auto &before = change.before->containers, &after = change.after->containers;
  for (size_t i = 0; i < before.size() && i < after.size(); ++i)
    if (before[i].resources != after[i].resources)
      return true;
  return false;
}

/// A resize that restarts a container (resizePolicy).
inline bool restarts(const pod_change& change) {
  if (!resized(change) || change.before->phase != pod_phase::running)
    return false;
  for (size_t i = 0; i < change.before->containers.size(); ++i) {
    auto& spec = change.before->containers[i];
    auto &from = spec.resources, &to = change.after->containers[i].resources;
    bool cpu = from.requests.cpu != to.requests.cpu || from.limits.cpu != to.limits.cpu;
    bool memory =
      from.requests.memory != to.requests.memory || from.limits.memory != to.limits.memory;
    if ((cpu && spec.resize_cpu == resize_policy::restart_container) ||
        (memory && spec.resize_memory == resize_policy::restart_container))
      return true;
  }
  return false;
}

/// Labels and annotations of ours.
inline string_map stamps_of(const pod& value) {
  string_map out;
  for (auto* map : {&value.meta.labels, &value.meta.annotations})
    for (auto key : labels::stamped)
      if (auto found = map->find(std::string(key)); found != map->end())
        out.insert(*found);
  return out;
}

inline std::string name_of(const pod& value) {
  return value.meta.ns + "/" + value.meta.name;
}

}  // namespace scaleops::sim
