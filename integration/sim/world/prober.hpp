// Prober: asks every component again and again, as a person or a monitor would, and notes who does
// not answer.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include <caf/actor_system.hpp>

#include "messages/dashboards.hpp"
#include "messages/time.hpp"

namespace scaleops::sim {

struct probe_targets {
  std::vector<std::pair<component, component_actor>> components;
  dashboards_actor dashboards;
};

/// `told` hears of each probe that ended: whom it asked and whether there was an answer. Ends with
/// the returned actor.
caf::actor spawn_prober(caf::actor_system& sys, milliseconds every, milliseconds patience,
                        probe_targets targets,
                        std::function<void(component whom, bool answered)> told);

}  // namespace scaleops::sim
