// Recommendation writer: brings decisions into the workloads' Recommendation objects, a few at a
// time.
#pragma once

#include <caf/fwd.hpp>

#include "actors/recommender/workload_recommender.hpp"

namespace scaleops {

/// Only the newest decision of a workload is written; a conflict or a passing failure is tried
/// again. Writes the status part only: the spec (override, grant, exclusion) belongs to people.
decision_sink_actor spawn_recommendation_writer(caf::local_actor* parent,
                                                const recommender_config& cfg,
                                                const component_env& env);

}  // namespace scaleops
