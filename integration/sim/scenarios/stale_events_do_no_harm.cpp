// Events that come twice, late or from a stale cache change nothing.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class stale_events_do_no_harm final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 12h, 10s), "all pods get their size");
    sim.run_for(2h);
    auto before = changes(sim);
    auto web_before = requests_of(sim, "web");
    kube_weather stale;
    stale.repeat = 1;
    stale.latency_high = 800ms;
    sim.set_weather(stale);
    for (int i = 0; i < 60 && sim.violations().empty(); ++i) {
      sim.cluster().repeat_events(1 + sim.dice().below(60));
      sim.run_for(1min);
    }
    sim.set_weather(kube_weather{});
    sim.run_for(10min);
    sim.expect(changes(sim) == before, "nothing is changed again");
    sim.expect(requests_of(sim, "web") == web_before, "requests stay as they were");
  }

  milliseconds calm() const override { return 1h; }
};

}  // namespace

scenario_card stale_events_do_no_harm_card() {
  return card<stale_events_do_no_harm>(
    "stale_events_do_no_harm", "events that come twice, late or from a stale cache change nothing");
}

}  // namespace scaleops::sim
