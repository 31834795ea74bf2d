// What should be done with one pod of a workload, before the cluster-wide order and budgets are
// looked at.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/updater/logic/planner.hpp"
#include "actors/updater/logic/situation.hpp"

namespace scaleops {

/// Nothing to do, a wish, or a refusal with its reason.
struct pod_verdict {
  enum class what : uint8_t { settled, wished, refused } is = what::settled;
  pod_wish wish;
  refusal why = refusal::none;
  std::string detail;
  bool waits = false;    // look again even if nothing changes
  bool blocked = false;  // in place is not possible
};

/// May add to `out.measure`.
pod_verdict judge_pod(const workload_situation& situation, const std::shared_ptr<const pod>& target,
                      const plan_inputs& in, update_plan& out);

}  // namespace scaleops
