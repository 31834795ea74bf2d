// Without metrics nothing is learned, nothing shrinks and nobody is disturbed.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class metrics_outage_changes_nothing final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.run_for(5h);  // pods may not shrink yet
    sim.fault_begins("no metrics");
    sim.cluster().metrics_outage({}, 4h);
    sim.run_for(1min);
    auto before = changes(sim);
    auto web_before = requests_of(sim, "web");
    sim.run_for(4h - 1min);
    sim.expect(changes(sim) == before, "no pod is changed without metrics");
    sim.expect(requests_of(sim, "web") == web_before, "requests stay as they were");
    sim.fault_ends("no metrics");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 4h, 10s),
               "later all pods get their size");
  }
};

}  // namespace

scenario_card metrics_outage_changes_nothing_card() {
  return card<metrics_outage_changes_nothing>(
    "metrics_outage_changes_nothing",
    "without metrics nothing is learned, nothing shrinks and nobody is disturbed");
}

}  // namespace scaleops::sim
