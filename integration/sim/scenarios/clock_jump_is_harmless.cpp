// Jumps of the clock by minutes or hours disturb nobody and are over in minutes.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class clock_jump_is_harmless final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 12h, 10s), "all pods get their size");
    sim.run_for(1h);
    auto kills = sim.cluster().statistics().restarts;
    for (auto span : {milliseconds{20s}, milliseconds{5min}, milliseconds{1h}, milliseconds{6h}}) {
      sim.jump(span);
      sim.expect(sim.wait_for([&] { return gate_open(sim); }, 5min, 1s),
                 "five minutes after a jump the gate is open");
      sim.run_for(10min);
    }
    sim.expect(sim.cluster().statistics().evictions == 0, "nobody is evicted");
    sim.expect(sim.cluster().statistics().restarts == kills, "nobody is restarted");
    sim.expect(all_sized(sim), "sizes stay right");
  }

  milliseconds calm() const override { return 2h; }
};

}  // namespace

scenario_card clock_jump_is_harmless_card() {
  return card<clock_jump_is_harmless>(
    "clock_jump_is_harmless",
    "jumps of the clock by minutes or hours disturb nobody and are over in minutes");
}

}  // namespace scaleops::sim
