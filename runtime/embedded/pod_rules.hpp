// What Kubernetes says of a pod's resources: pure.
#pragma once

#include <optional>
#include <string>

#include "messages/objects.hpp"
#include "runtime/embedded/outcome.hpp"

namespace scaleops::embedded {

struct pod_sum {
  int64_t cpu = 0;     // millicores
  int64_t memory = 0;  // bytes
};

/// Fills in what the API server defaults: a request that is missing where there is a limit.
void default_requests(pod& value);

/// The requests that the scheduler and quota count: per container the largest of the wish, what is
/// allocated and what is in force (of an infeasible resize only the latter two); main and sidecar
/// containers summed, each init container beside the sidecars before it. Source:
/// k8s.io/component-helpers/resource, PodRequests.
pod_sum effective_requests(const pod& value);

/// Sum of the wished limits; a container without a limit counts 0.
pod_sum limit_sum(const pod& value);

qos_class qos_of(const pod& value);

/// Checks names, negative values and requests above limits; an empty text means fine.
std::string invalid_reason(const pod& value);

/// A metadata label's key or value as the API server demands it.
bool valid_label_key(std::string_view key);
bool valid_label_value(std::string_view value);

/// The container's index, or nothing.
std::optional<size_t> find_container(const pod& value, std::string_view name);

/// Whether the container counts for readiness and load: main or sidecar.
inline bool runs_on(const container_spec& c) {
  return c.role != container_role::init;
}

/// The value, or 0 where it is not set.
inline int64_t or_zero(const std::optional<int64_t>& value) {
  return value.value_or(0);
}

}  // namespace scaleops::embedded
