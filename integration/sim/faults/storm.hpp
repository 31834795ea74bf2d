// Storm: the faults and the everyday life that a seed draws for one run.
#pragma once

#include <functional>
#include <vector>

#include "integration/sim/world/simulation.hpp"

namespace scaleops::sim {

/// Something is done to the platform or the cluster, so long after the beginning.
struct deed {
  milliseconds at{};
  std::function<void(simulation&)> act;
};

/// In order. All faults are over after four fifths of the run.
std::vector<deed> draw_storm(uint64_t seed, milliseconds length);

/// Mild latency and rare failures that a seed may draw for a whole run: no fault, only weather.
kube_weather draw_climate(entropy& dice);

}  // namespace scaleops::sim
