// A pod that is being created may be faster than the watch that tells of its ReplicaSet or Job. Its
// owner can then be read off by name, so that the first pod of a rollout is sized as the others
// are.
#pragma once

#include <optional>

#include "actors/common/logic/object_cache.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// The Deployment or Rollout by the pod-template-hash in the ReplicaSet's name, the CronJob by the
/// number in the Job's name; only if such an owner exists. Absent for any other pod.
std::optional<workload_ref> guess_owner(const pod& of, const object_cache<workload>& workloads);

/// A Job or CronJob: something that runs to its end.
bool runs_to_end(std::string_view kind);

}  // namespace scaleops
