// Healthcheck: asks in rounds whether every promise is kept, reports it, and opens or shuts the
// updater's gate.
#pragma once

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "messages/healthcheck.hpp"

namespace scaleops {

struct healthcheck_config {
  milliseconds round_interval = std::chrono::minutes{1};
  milliseconds answer_timeout = std::chrono::seconds{5};  // of a component or the API server
  milliseconds freshness =
    std::chrono::hours{2};  // age of a recommendation that still counts as fresh
  milliseconds usage_silence =
    std::chrono::minutes{5};  // without samples for so long the agent is not well
  milliseconds bookmark_patience = std::chrono::minutes{5};
};

/// The components to ask; an empty handle is reported as failing.
struct healthcheck_peers {
  component_actor agent;
  component_actor recommender;
  component_actor admissions;
  component_actor updater;
  component_actor dashboards;
};

healthcheck_actor spawn_healthcheck(caf::actor_system& sys, healthcheck_config cfg,
                                    component_env env, healthcheck_peers peers);

}  // namespace scaleops
