// The recommender: learns each workload's usage and says what it should request.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/agent.hpp"
#include "messages/component.hpp"
#include "messages/recommendation.hpp"
#include "messages/risk.hpp"
#include "messages/usage_shape.hpp"

namespace scaleops {

using workload_recommendation_ptr = std::shared_ptr<const workload_recommendation>;

/// A new decision. Also written to the workload's Recommendation object; this message is only
/// faster.
struct recommendation_made {
  workload_recommendation_ptr recommendation;
};
using recommendation_sink_actor = caf::typed_actor<caf::reacts_to<recommendation_made>>;

/// From now on every new decision is sent to `sink` too; forgotten when the sink ends.
struct subscribe_recommendations {
  recommendation_sink_actor sink;
};

struct recommendation_query {
  workload_ref workload;
};

/// Everything that the workload's newest published decision was made from.
struct evidence_query {
  workload_ref workload;
};
/// What `scaleops explain --evidence` reads (messages/wire/evidence.proto).
struct recommendation_evidence {
  std::shared_ptr<const std::string> bytes;
};

/// What the newest decision risks in a week, by all that is known now.
struct risk_query {
  workload_ref workload;
};
struct workload_risk {
  std::vector<container_risk> containers;
};

/// Shape of a container's usage for charts and explanations.
struct usage_shape_query {
  workload_ref workload;
  std::string container;
};

using recommender_actor = component_actor::extend<
  // Facts about a workload; answers once its actor has it.
  caf::reacts_to<workload_seen>, caf::reacts_to<workload_gone>,
  // One batch; the ack comes when every workload's actor has taken its part.
  caf::replies_to<usage_batch>::with<usage_ack>,
  caf::replies_to<recommendation_query>::with<recommendation_made>,
  caf::replies_to<evidence_query>::with<recommendation_evidence>,
  caf::replies_to<risk_query>::with<workload_risk>,
  caf::replies_to<usage_shape_query>::with<usage_shape>, caf::reacts_to<subscribe_recommendations>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::recommendation_made)
SCALEOPS_LOCAL_MESSAGE(scaleops::subscribe_recommendations)
SCALEOPS_LOCAL_MESSAGE(scaleops::recommendation_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::evidence_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::recommendation_evidence)
SCALEOPS_LOCAL_MESSAGE(scaleops::risk_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::workload_risk)
SCALEOPS_LOCAL_MESSAGE(scaleops::usage_shape_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::usage_shape)
