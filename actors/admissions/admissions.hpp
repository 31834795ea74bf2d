// Admissions: answers the API server's question about each new pod from an in-memory snapshot.
#pragma once

#include <map>
#include <string>

#include <caf/fwd.hpp>

#include "actors/admissions/logic/patch.hpp"
#include "actors/common/env.hpp"
#include "messages/admissions.hpp"

namespace scaleops {

struct admissions_config {
  patch_config patch;
  milliseconds bookmark_patience =
    std::chrono::minutes{5};                    // a watch that is silent for so long is opened anew
  std::map<std::string, policy_spec> policies;  // built in, for names without a Policy object
};

/// Answers at once, always: no request of its own stands between a review and its response. Standby
/// replicas answer as well as the first one: there is no leader. Give the handle to the recommender
/// as a recommendation sink to hear of decisions before the watch tells.
admissions_actor spawn_admissions(caf::actor_system& sys, admissions_config cfg, component_env env);

}  // namespace scaleops
