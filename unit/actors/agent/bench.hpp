// What the tests of the agent's actors share: a recommender that records and answers as told.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <prometheus/registry.h>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/env.hpp"
#include "messages/recommender.hpp"
#include "unit/support/build.hpp"
#include "unit/support/child.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

/// What a recommender was told. While `silent` it takes batches and never acknowledges them, while
/// `refusing` it answers with ec::unavailable.
struct heard_by_recommender {
  std::vector<workload_facts_ptr> seen;
  std::vector<workload_ref> gone;
  std::vector<usage_batch> batches;
  bool silent = false;
  bool refusing = false;
  std::vector<std::pair<usage_ack, caf::typed_response_promise<usage_ack>>> unanswered;

  size_t samples() const {
    size_t sum = 0;
    for (auto& batch : batches)
      for (auto& part : *batch.usage)
        sum += part.samples.size();
    return sum;
  }
  std::vector<container_kill> kills() const {
    std::vector<container_kill> out;
    for (auto& batch : batches)
      for (auto& part : *batch.usage)
        out.insert(out.end(), part.kills.begin(), part.kills.end());
    return out;
  }
};

/// The tick makes it answer what it has left unanswered: a promise must be kept by its own actor.
using recording_actor = recommender_actor::extend<caf::reacts_to<caf::tick_atom>>;

inline recording_actor::behavior_type recording_recommender(
  recording_actor::pointer self, std::shared_ptr<heard_by_recommender> into) {
  return {
    [](status_query) {
      component_status status;
      status.which = component::recommender;
      status.ready = true;
      return status;
    },
    [into](const workload_seen& seen) { into->seen.push_back(seen.facts); },
    [into](const workload_gone& gone) { into->gone.push_back(gone.ref); },
    [self, into](const usage_batch& batch) -> caf::result<usage_ack> {
      into->batches.push_back(batch);
      if (into->refusing)
        return fail(ec::unavailable, "the test says so");
      if (into->silent) {
        into->unanswered.emplace_back(usage_ack{batch.agent, batch.seq},
                                      self->make_response_promise<usage_ack>());
        return into->unanswered.back().second;
      }
      return usage_ack{batch.agent, batch.seq};
    },
    [](const recommendation_query&) -> caf::result<recommendation_made> {
      return fail(ec::not_found, "none");
    },
    [](const usage_shape_query&) -> caf::result<usage_shape> {
      return fail(ec::not_found, "none");
    },
    [](const evidence_query&) -> caf::result<recommendation_evidence> {
      return fail(ec::not_found, "none");
    },
    [](const risk_query&) -> caf::result<workload_risk> { return fail(ec::not_found, "none"); },
    [](const subscribe_recommendations&) {},
    [into](caf::tick_atom) {
      for (auto& [ack, promise] : std::exchange(into->unanswered, {}))
        promise.deliver(ack);
    }};
}

}  // namespace scaleops::test
