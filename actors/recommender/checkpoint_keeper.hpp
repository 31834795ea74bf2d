// Checkpoint keeper: reads all learned state at the start and writes it back slot by slot, all
// within one interval.
#pragma once

#include <vector>

#include <caf/fwd.hpp>

#include "actors/recommender/workload_recommender.hpp"

namespace scaleops {

/// All that was saved before; sent once, when every Checkpoint has been read.
struct checkpoints_loaded {
  std::vector<saved_workload_ptr> workloads;
};
/// Write one slot's states now. An empty slot removes its object.
struct write_slot {
  uint32_t slot = 0;
  std::vector<saved_workload_ptr> workloads;
};
using checkpoint_sink_actor = caf::typed_actor<caf::reacts_to<checkpoints_loaded>>;
using checkpoint_keeper_actor = caf::typed_actor<caf::reacts_to<write_slot>>;

checkpoint_keeper_actor spawn_checkpoint_keeper(caf::local_actor* parent,
                                                const recommender_config& cfg,
                                                const component_env& env,
                                                checkpoint_sink_actor sink);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::checkpoints_loaded)
SCALEOPS_LOCAL_MESSAGE(scaleops::write_slot)
