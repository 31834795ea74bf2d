// However often agents and updaters are restarted, the work has exactly one leader soon after.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"
#include "messages/labels.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class many_restarts_leave_one_leader final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.run_for(1h);
    for (int i = 0; i < 10 && sim.violations().empty(); ++i) {
      auto which = i % 2 == 0 ? component::agent : component::updater;
      sim.kill(which);
      sim.run_for(milliseconds{int64_t(sim.dice().below(30'000))});
      sim.start(which);
      sim.run_for(milliseconds{int64_t(sim.dice().below(30'000))});
    }
    auto& cfg = sim.config().platform;
    sim.expect(sim.wait_for([&] { return held(sim, "agent") && held(sim, "updater"); },
                            2 * std::max(cfg.agent.lease_duration, cfg.updater.lease_duration), 1s),
               "both leases are held by those who run");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 10h, 10s), "all pods get their size");
  }

private:
  static bool held(simulation& sim, const std::string& who) {
    auto found = sim.cluster().state().store.find(object_kind::lease, labels::system_namespace,
                                                  "scaleops-" + who);
    auto which = who == "agent" ? component::agent : component::updater;
    return found && found->as<lease>().holder ==
                      who + "-" + std::to_string(sim.components().starts(which) - 1);
  }
};

}  // namespace

scenario_card many_restarts_leave_one_leader_card() {
  return card<many_restarts_leave_one_leader>(
    "many_restarts_leave_one_leader",
    "however often agents and updaters are restarted, the work has exactly one leader soon after");
}

}  // namespace scaleops::sim
