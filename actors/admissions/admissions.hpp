// Admissions: answers the API server's question about each new pod from an in-memory snapshot.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <caf/fwd.hpp>

#include "actors/admissions/snapshot_keeper.hpp"
#include "actors/common/env.hpp"
#include "messages/admissions.hpp"

namespace scaleops {

struct admissions_config {
  patch_config patch;
  milliseconds bookmark_patience =
    std::chrono::minutes{5};                    // a watch that is silent for so long is opened anew
  std::map<std::string, policy_spec> policies;  // built in, for names without a Policy object
};

/// All that is known at this moment; the news that follow begin where it ends.
struct snapshot_taken {
  std::shared_ptr<const snapshot_keeper> keeper;
};
using snapshot_follower_actor =
  objects_sink_actor::extend<caf::reacts_to<recommendation_made>, caf::reacts_to<snapshot_taken>>;

/// From now on `follower` is told the snapshot and then whatever changes it; forgotten when it
/// ends.
struct follow_snapshot {
  snapshot_follower_actor follower;
};

/// Reviews that a follower has answered since it last said so.
struct reviews_answered {
  uint64_t count = 0;
};

/// The admissions actor, as those see it who answer beside it (runtime/admission).
using admissions_feed_actor =
  admissions_actor::extend<caf::reacts_to<follow_snapshot>, caf::reacts_to<reviews_answered>>;

/// Answers at once, always: no request of its own stands between a review and its response. Standby
/// replicas answer as well as the first one: there is no leader. Give the handle to the recommender
/// as a recommendation sink to hear of decisions before the watch tells.
admissions_feed_actor spawn_admissions(caf::actor_system& sys, admissions_config cfg,
                                       component_env env);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::snapshot_taken)
SCALEOPS_LOCAL_MESSAGE(scaleops::follow_snapshot)
SCALEOPS_LOCAL_MESSAGE(scaleops::reviews_answered)
