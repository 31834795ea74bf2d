// Leader: holds a Lease for its parent, so that one replica of a component acts at a time.
#pragma once

#include <string>

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "messages/watch.hpp"

namespace scaleops {

struct leader_config {
  std::string lease = "scaleops-component";  // in the system namespace
  milliseconds duration =
    std::chrono::seconds{15};  // a holder that is silent for so long may be replaced
  milliseconds renew = std::chrono::seconds{5};
  milliseconds request_timeout = std::chrono::seconds{4};
};

/// Tells `sink` when leadership is won and when it is lost. A leader that could not renew gives up
/// by itself well before another may take over (as client-go's leaderelection does). Linked to its
/// parent.
void spawn_leader(caf::local_actor* parent, leader_config cfg, const component_env& env,
                  leadership_sink_actor sink);

}  // namespace scaleops
