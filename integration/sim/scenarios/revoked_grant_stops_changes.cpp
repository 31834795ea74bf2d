// Within fifteen seconds after a grant was taken back no pod is changed any more, neither running
// nor new.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class revoked_grant_stops_changes final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.config.platform.updater.rules.resizes_per_minute = 1;  // so that some are still to come
  }

  void run(simulation& sim) override {
    sim.expect(sim.wait_for([&] { return changes(sim) > 0; }, 12h, 1s), "the updater is at work");
    sim.revoke("shop");
    sim.run_for(15s);
    auto before = changes(sim);
    sim.run_for(1h);
    roll_out(sim, web());
    sim.run_for(1h);
    sim.expect(changes(sim) == before, "no running pod is changed");
    for (auto& value : pods_of(sim, "web"))
      sim.expect(*value.containers.front().resources.requests.cpu == 500, "new pods are unchanged");
    sim.grant("shop");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 1h, 10s), "with a grant all goes on");
  }
};

}  // namespace

scenario_card revoked_grant_stops_changes_card() {
  return card<revoked_grant_stops_changes>("revoked_grant_stops_changes",
                                           "within fifteen seconds after a grant was taken back no "
                                           "pod is changed any more, neither running nor new");
}

}  // namespace scaleops::sim
