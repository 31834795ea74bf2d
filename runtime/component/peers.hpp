// Which components a component speaks to, and how it reaches them. Pure but for the variables'
// defaults that come with the options.
#pragma once

#include <vector>

#include "actors/dashboards/logic/access.hpp"
#include "runtime/config/options.hpp"
#include "runtime/peer/remote_component.hpp"

namespace scaleops {

/// The others that `which` asks or tells something.
std::vector<component> spoken_to(component which);

/// By its Service, or where the options say that it is.
peer::remote_config remote_config_of(const component_options& options, component which,
                                     uint64_t seed);

dashboards::logic::access_rules access_of(const component_options& options);

}  // namespace scaleops
