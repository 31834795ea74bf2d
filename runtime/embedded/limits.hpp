// LimitRange and ResourceQuota, as admission plugins and quota controller apply them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/objects.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

/// Fills in a namespace's defaults: a missing limit, then a missing request (that default, else the
/// limit).
void apply_defaults(pod& value, const std::vector<const limit_range*>& ranges);

/// In what the pod breaks the namespace's ranges; empty: in nothing.
std::string range_violation(const pod& value, const std::vector<const limit_range*>& ranges);

/// In what the pod would break a quota; `before` is what it counts already (zero for a new pod).
/// Empty: in nothing.
std::string quota_violation(const pod& value, const resource_quota& quota, pod_sum before_requests,
                            pod_sum before_limits);

}  // namespace scaleops::embedded
