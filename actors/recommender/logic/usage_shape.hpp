// What charts and people see of a container's learned usage.
#pragma once

#include "actors/recommender/logic/container_state.hpp"
#include "messages/usage_shape.hpp"

namespace scaleops {

usage_shape shape_of(const container_state& state);

}  // namespace scaleops
