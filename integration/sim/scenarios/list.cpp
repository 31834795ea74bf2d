#include "integration/sim/scenarios/list.hpp"

namespace scaleops::sim {

const std::vector<scenario_card>& all_scenarios() {
  static const std::vector<scenario_card> all = {
    oom_raises_memory_card(),
  };
  return all;
}

}  // namespace scaleops::sim
