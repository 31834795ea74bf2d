// An hour in which half of all API requests fail or hang delays the work and does nothing else.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class api_storm_is_ridden_out final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.run_for(5h + 30min);  // shortly before pods may shrink
    kube_weather storm;
    storm.latency_high = 4s;
    storm.fail = 0.4;
    storm.conflict = 0.3;
    storm.gone = 0.2;
    storm.lose_request = 0.05;
    storm.lose_answer = 0.05;
    sim.set_weather(storm);
    sim.run_for(1h);
    sim.set_weather(kube_weather{});
    sim.expect(sim.wait_for([&] { return gate_open(sim); }, 10min, 1s),
               "ten minutes later the gate is open");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 2h, 10s), "all pods get their size");
  }

  milliseconds calm() const override { return 2h; }
};

}  // namespace

scenario_card api_storm_is_ridden_out_card() {
  return card<api_storm_is_ridden_out>(
    "api_storm_is_ridden_out",
    "an hour in which half of all API requests fail or hang delays the work and does nothing else");
}

}  // namespace scaleops::sim
