// An updater killed in the middle of its work takes it up again and disturbs nobody twice.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class updater_killed_mid_way_repeats_nothing final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.config.platform.updater.rules.in_place = false;
  }

  void run(simulation& sim) override {
    auto evictions = [&] { return sim.cluster().statistics().evictions; };
    // Each time when evictions have just been granted and nothing has come back yet.
    int killed = 0;
    for (uint64_t seen = 0; seen < 6 && sim.violations().empty(); ++killed) {
      sim.expect(sim.wait_for([&] { return evictions() > seen; }, 12h, 50ms), "the updater evicts");
      seen = evictions();
      sim.kill(component::updater);
      sim.run_for(milliseconds{int64_t(sim.dice().below(5'000))});
      sim.start(component::updater);
    }
    sim.expect(killed >= 3, "it is killed in the middle of its work");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 12h, 10s), "all pods get their size");
    sim.expect(sim.cluster().statistics().evictions == 6, "each of six pods is evicted once");
  }
};

}  // namespace

scenario_card updater_killed_mid_way_repeats_nothing_card() {
  return card<updater_killed_mid_way_repeats_nothing>(
    "updater_killed_mid_way_repeats_nothing",
    "an updater killed in the middle of its work takes it up again and disturbs nobody twice");
}

}  // namespace scaleops::sim
