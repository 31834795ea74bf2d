// Recommender: one actor per workload learns and decides; this root routes usage to them, gives
// them their policies and surroundings, publishes what they decide and keeps their learned state in
// Checkpoint objects.
#pragma once

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

struct recommender_config {
  milliseconds decide_interval =
    std::chrono::minutes{1};  // a workload decides at most so often, healing apart
  milliseconds status_interval =
    std::chrono::minutes{30};  // an unchanged decision is written again after so long
  milliseconds checkpoint_interval =
    std::chrono::minutes{10};  // every workload's state is saved within this time
  milliseconds retention = std::chrono::hours{24 * 8};  // of the state of workloads that are gone
  milliseconds request_timeout = std::chrono::seconds{15};
  milliseconds bookmark_patience = std::chrono::minutes{5};
  uint32_t checkpoint_slots = 64;  // Checkpoint objects; a workload's slot is a hash of its name
  uint32_t writes_at_once = 16;    // status writes under way
};

recommender_actor spawn_recommender(caf::actor_system& sys, recommender_config cfg,
                                    component_env env);

}  // namespace scaleops
