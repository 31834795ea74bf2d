// Confirmation: a change that is in force on a pod but not written on it, because the answer to a
// write was lost or the updater ended in between. It is stamped and told, not done again.
#pragma once

#include <memory>
#include <optional>

#include "actors/updater/logic/planner.hpp"
#include "actors/updater/logic/situation.hpp"

namespace scaleops {

/// What to stamp. `as_it_should_be`: the pod has what is recommended, or nearly; only then may a
/// change that this updater does not remember be taken for our own. Absent: nothing to confirm.
std::optional<pod_wish> confirmation_of(const workload_situation& situation,
                                        const std::shared_ptr<const pod>& target,
                                        const plan_inputs& in, bool as_it_should_be);

}  // namespace scaleops
