// Workload recommender: learns one workload's usage and decides what it should request.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <caf/fwd.hpp>
#include <caf/typed_actor.hpp>

#include "actors/common/env.hpp"
#include "actors/recommender/logic/sizing_rules.hpp"
#include "actors/recommender/recommender.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

/// The workload is to be sized differently from now on.
struct context_changed {
  workload_context_ptr context;
};

/// One workload's part of a batch. `taken` is let go when it has been learned; the batch is
/// acknowledged when the last part's is.
struct usage_part {
  std::shared_ptr<const std::vector<workload_usage>> batch;
  size_t index = 0;
  std::shared_ptr<const void> taken;
};

/// Learned state of a workload's containers, each as container_state::save() gives it.
struct saved_workload {
  workload_ref workload;
  std::vector<std::pair<std::string, std::string>> containers;
  instant seen{};  // when the workload was last known to exist
};
using saved_workload_ptr = std::shared_ptr<const saved_workload>;
/// Give the state back to the sender as a saved_workload_ptr.
struct save_query {};

/// A decision that must be published; `urgent` ones heal.
struct decision_made {
  workload_recommendation_ptr recommendation;
  double coverage = 0;
  int32_t replicas = 0;
  bool urgent = false;
};
using decision_sink_actor = caf::typed_actor<caf::reacts_to<decision_made>>;

using workload_recommender_actor =
  caf::typed_actor<caf::reacts_to<workload_seen>, caf::reacts_to<context_changed>,
                   caf::reacts_to<usage_part>,
                   caf::replies_to<save_query>::with<saved_workload_ptr>,
                   caf::replies_to<evidence_query>::with<recommendation_evidence>,
                   caf::replies_to<risk_query>::with<workload_risk>,
                   caf::replies_to<usage_shape_query>::with<usage_shape>>;

/// `prior` may be null. A container whose saved state is refused starts anew and is counted.
workload_recommender_actor spawn_workload_recommender(
  caf::local_actor* parent, const recommender_config& cfg, const component_env& env,
  workload_facts_ptr facts, workload_context_ptr context, saved_workload_ptr prior,
  decision_sink_actor sink);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::context_changed)
SCALEOPS_LOCAL_MESSAGE(scaleops::usage_part)
SCALEOPS_LOCAL_MESSAGE(scaleops::saved_workload_ptr)
SCALEOPS_LOCAL_MESSAGE(scaleops::save_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::decision_made)
