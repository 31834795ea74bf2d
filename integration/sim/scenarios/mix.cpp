// Whatever a day brings: the seed draws cluster, configuration, weather, faults and what people do.
// Every promise holds all along, and a while after the last fault all is as it should be.
#include "integration/sim/scenarios/mix.hpp"
#include "integration/sim/draw/cluster_draw.hpp"
#include "integration/sim/faults/storm.hpp"

namespace scaleops::sim {

void mix::setup(plan& what) {
  seed_ = what.seed;
  what.config = draw_config(what.seed);
  what.cluster = draw_cluster(what.seed, what.config.cluster.start);
}

void mix::run(simulation& sim) {
  auto begin = sim.now();
  for (auto& deed : draw_storm(seed_, length_)) {
    auto at = begin + deed.at;
    if (at > sim.now() && !sim.run_for(at - sim.now()))
      return;
    deed.act(sim);
  }
  // The clock may have jumped: a fifth of the run is calm all the same.
  sim.run_for(std::max(begin + length_ - sim.now(), length_ / 5));
}

}  // namespace scaleops::sim
