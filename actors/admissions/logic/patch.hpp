// The webhook's decision: what a pod that is being created gets, and why.
#pragma once

#include <optional>
#include <string>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/common/logic/decisions.hpp"
#include "messages/admissions.hpp"

namespace scaleops {

struct patch_config {
  double min_confidence = 0.3;                                  // below: nothing shrinks
  milliseconds oldest_recommendation = std::chrono::hours{24};  // older ones are not applied
  milliseconds oldest_snapshot = std::chrono::minutes{5};       // since the first watch was lost
};

/// What is known when a review arrives.
struct admission_snapshot {
  cluster_view view;
  decision_board board;
  std::optional<amounts> largest_node;  // kept up to date by the owner of the snapshot
  bool complete = false;                // every watch has told all that was there
  std::optional<instant> lost_since;    // a watch has been down since then; absent: all are in step
};

/// Pure. Never denies: on any doubt the pod stays as it is and the verdict says why. The same
/// review asked again about a pod that carries our patch already answers `already_right` with
/// nothing to change.
admission_response decide(const admission_review& review, const admission_snapshot& snapshot,
                          const patch_config& config, instant now);

}  // namespace scaleops
