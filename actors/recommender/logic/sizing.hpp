// How a policy's settings become questions to the models. Pure.
#pragma once

#include "actors/recommender/logic/bounds.hpp"

namespace scaleops::recommender_logic {

/// CPU: quantile of usage and headroom at this aggressiveness; memory: the price
/// of a kill and the least margin.
struct cpu_goal {
  double quantile = 0.88;
  double headroom = 0.15;
};
cpu_goal cpu_goal_of(const resource_policy& policy, double aggressiveness);
memory_question memory_goal_of(const resource_policy& policy, double aggressiveness);

/// Keeps the request in force where a change is not worth one of the rationed changes.
void hold(draft& d, const sizing_facts& facts);

}  // namespace scaleops::recommender_logic
