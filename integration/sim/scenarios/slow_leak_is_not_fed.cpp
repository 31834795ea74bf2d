// A container that grows by a little every day is given more for some days, then held: fed on, it
// would have more than a gibibyte before the ten days are over.
#include <algorithm>

#include "integration/sim/draw/config_draw.hpp"
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class slow_leak_is_not_fed final : public scenario {
public:
  void setup(plan& what) override {
    // Days matter here, not seconds.
    what.config = plain_config(what.seed, 5min);
    auto& paces = what.config.platform;
    paces.updater.tick = 30s;
    paces.updater.lease_duration = paces.agent.lease_duration = 90s;
    paces.updater.lease_renew = paces.agent.lease_renew = 30s;
    paces.dashboards.poll_period = paces.dashboards.status_period = 2min;
    paces.healthcheck.round_interval = 2min;
    small_shop(what);
    auto& leaky = what.cluster.workloads.front();
    leaky.object.containers.front().resources = {{500, 300 * mebi}, {std::nullopt, 330 * mebi}};
    auto profile = std::make_shared<embedded::load_profile>(*leaky.load);
    profile->containers.front().leak = 6e6;  // bytes an hour, 144 MB a day
    leaky.load = profile;
  }

  void run(simulation& sim) override {
    int64_t highest = 0;
    bool told = false;
    for (int day = 0; day < 10; ++day) {
      sim.run_for(24h);
      for (auto& one : requests_of(sim, "web"))
        highest = std::max(highest, one.memory.value_or(0));
      told |= says_leak(sim);
    }
    sim.expect(told, "its recommendation says that a leak is suspected");
    sim.expect(sim.cluster().statistics().oom_container_limit > 0, "it is killed in the end");
    sim.expect(highest < 1024 * mebi, "the leak is not fed");
    sim.expect(all_sized(sim, "cache"), "the others are sized as ever");
  }

private:
  static bool says_leak(simulation& sim) {
    bool said = false;
    sim.cluster().state().store.each(object_kind::recommendation, {}, [&](embedded::handle entry) {
      auto& value = entry->as<recommendation>();
      for (auto& container : value.status.containers)
        for (auto& reason : container.reasons)
          said |= value.target == web() && reason.code == reason_code::leak_suspected;
    });
    return said;
  }
};

}  // namespace

scenario_card slow_leak_is_not_fed_card() {
  return card<slow_leak_is_not_fed>(
    "slow_leak_is_not_fed",
    "a container that grows by a little every day is held after some days, and told of");
}

}  // namespace scaleops::sim
