// Feeder: brings usage to the recommender in acknowledged batches, one under way at a time.
#pragma once

#include <vector>

#include <caf/fwd.hpp>

#include "actors/agent/agent.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

/// What was collected since the last time.
struct usage_collected {
  std::vector<workload_usage> usage;
};
using feeder_actor = caf::typed_actor<caf::reacts_to<usage_collected>>;

feeder_actor spawn_feeder(caf::local_actor* parent, agent_config cfg, const component_env& env,
                          recommender_actor recommender);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::usage_collected)
