// Both ends of a talk between pods, for tests: a recommender that listens and an API that knows
// tokens.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/kube.hpp"
#include "messages/recommender.hpp"

namespace scaleops::test {

inline const workload_ref web{"shop", "Deployment", "web"};

inline workload_facts_ptr facts(const std::string& name, int replicas = 1) {
  workload_facts f;
  f.ref = {"shop", "Deployment", name};
  f.containers = {{"app", "img", container_role::main, {}, {}, {}}};
  f.replicas = replicas;
  return std::make_shared<const workload_facts>(f);
}

/// What the recommender was told, in order.
struct heard {
  std::vector<usage_batch> batches;
  std::vector<workload_ref> gone;
  bool away = false;
};

inline recommender_actor::behavior_type listener(recommender_actor::pointer,
                                                 std::shared_ptr<heard> h) {
  return {[](status_query) { return component_status{}; },
          [](const workload_seen&) {},
          [h](const workload_gone& gone) { h->gone.push_back(gone.ref); },
          [h](const usage_batch& batch) -> caf::result<usage_ack> {
            if (h->away)
              return fail(ec::unavailable, "still loading");
            h->batches.push_back(batch);
            return usage_ack{batch.agent, batch.seq};
          },
          [](const recommendation_query&) -> caf::result<recommendation_made> {
            return fail(ec::not_found, "no recommendation yet");
          },
          [](const evidence_query&) {
            return recommendation_evidence{std::make_shared<const std::string>("proof")};
          },
          [](const risk_query&) { return workload_risk{}; },
          [](const usage_shape_query&) { return usage_shape{}; },
          [](const subscribe_recommendations&) {}};
}

/// A kube port that only reviews tokens: "<account>" of the platform, or "person".
inline caf::behavior reviewer(caf::event_based_actor*,
                              std::shared_ptr<std::vector<token_query>> asked) {
  return {[asked](const token_query& query) -> caf::result<user_info> {
            asked->push_back(query);
            if (query.token == "forged")
              return fail(ec::unauthorized, "the cluster does not accept this token");
            if (query.token == "person")
              return user_info{"anna", {}};
            return user_info{"system:serviceaccount:scaleops-system:" + query.token, {}};
          },
          [](const patch_metadata& patch) -> caf::result<object_ptr> {
            namespace_object changed;
            changed.meta.name = patch.key.name;
            return std::make_shared<const object>(changed);
          }};
}

inline usage_batch batch(uint64_t seq) {
  workload_usage usage{
    facts("web"), {{0, 0, {instant{std::chrono::seconds{1}}, 5, 0, 1 << 20, true}}}, {}};
  return {3, seq, std::make_shared<const std::vector<workload_usage>>(std::vector{usage})};
}

/// Turns until it is done, five seconds at most; whether it is.
template <class Turn, class Done>
bool turn_until(Turn turn, Done done) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (!done() && std::chrono::steady_clock::now() < end)
    turn();
  return done();
}

}  // namespace scaleops::test
