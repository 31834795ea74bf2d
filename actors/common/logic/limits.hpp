// LimitRange and ResourceQuota: what the API server would refuse, found out before asking.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/common/logic/resources.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// All LimitRanges of a namespace as one: the highest of the minimums, the lowest of the maximums.
struct limit_bounds {
  resources container_min, container_max;
  resources pod_min, pod_max;

  void narrow(const limit_range& by);
};

/// Moves the container's requests and limits into the container bounds. False: the bounds
/// contradict each other.
bool fit_container(const limit_bounds& bounds, container_resources& value);

/// Why the LimitRanges would refuse a pod of these containers; absent: they would not.
std::optional<std::string> limit_violation(const limit_bounds& bounds,
                                           const std::vector<container_spec>& containers);

/// Why a quota would refuse these additions (differences may be negative: those always fit);
/// absent: it would not.
std::optional<std::string> quota_violation(const resource_quota& quota,
                                           const amounts& more_requests,
                                           const amounts& more_limits);

}  // namespace scaleops
