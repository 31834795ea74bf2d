// One maker a scenario file.
#pragma once

#include "integration/sim/scenarios/scenario.hpp"

namespace scaleops::sim {

scenario_card oom_raises_memory_card();

}  // namespace scaleops::sim
