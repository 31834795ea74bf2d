// What a container should have: the recommendation within the policy's and the namespace's bounds.
// Admissions and updater both ask here: if they disagreed, an evicted pod would come back with what
// it was evicted for.
#pragma once

#include <optional>
#include <string_view>

#include "actors/common/logic/limits.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// The policy's sizing of one resource of one container: the first matching container policy's own,
/// else the policy's.
const resource_policy& sizing_of(const policy_spec& policy, std::string_view container,
                                 resource_kind kind);

/// A container policy says that this container is left alone.
bool left_alone(const policy_spec& policy, std::string_view container);

/// `resource` of the wish over `current`; both limit and request, within the policy's min and max.
/// A request above its limit lifts the limit. Unchanged when the wish says nothing of the resource.
container_resources with_target(const container_resources& current,
                                const container_recommendation& wish, const policy_spec& policy,
                                resource_kind kind);

}  // namespace scaleops
