// When a node is lost its pods come back elsewhere with the right size, and nothing else is
// touched meanwhile.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class node_lost_heals final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.cluster.workloads.pop_back();  // a lost StatefulSet pod waits for its node
  }

  void run(simulation& sim) override {
    sim.expect(sim.wait_for([&] { return all_sized(sim, "web"); }, 12h, 10s),
               "all pods get their size");
    sim.run_for(30min);
    auto lost = pods_of(sim, "web").front().node;
    sim.fault_begins("a node is lost");
    auto evictions = sim.cluster().statistics().evictions;
    sim.cluster().kill_node(lost);
    auto elsewhere = [&] {
      size_t count = 0;
      for (auto& value : pods_of(sim, "web"))
        count += value.ready && value.node != lost &&
                 *value.containers.front().resources.requests.cpu < 250;
      return count == 3;
    };
    sim.expect(sim.wait_for(elsewhere, 10min, 1s), "three sized pods run on the other nodes");
    sim.expect(sim.cluster().statistics().evictions == evictions, "the updater evicts nobody");
    sim.run_for(30min);
    sim.cluster().restart_node(lost);
    sim.fault_ends("a node is lost");
    sim.expect(sim.wait_for([&] { return all_sized(sim, "web"); }, 1h, 10s), "all is as before");
  }

  milliseconds calm() const override { return 1h; }
};

}  // namespace

scenario_card node_lost_heals_card() {
  return card<node_lost_heals>("node_lost_heals",
                               "when a node is lost its pods come back elsewhere with the right "
                               "size, and nothing else is touched meanwhile");
}

}  // namespace scaleops::sim
