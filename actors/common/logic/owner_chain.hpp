// Which workload a pod belongs to: the top of its owner chain, or a group that a person defined.
#pragma once

#include <optional>

#include "actors/common/logic/object_cache.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// Absent while an owner that must exist (ReplicaSet, Job) has not been seen yet. A pod without a
/// controller is a workload of its own (kind "Pod"). Owners of kinds that we do not watch count as
/// the top. Groupings come first: a pod that carries a grouping's label belongs to the group named
/// by the label's value.
std::optional<workload_ref> owner_of(const pod& pod, const object_cache<workload>& workloads,
                                     const object_cache<custom_owner_grouping>& groupings);

}  // namespace scaleops
