// An OOM kill that happens while no agent looks is healed all the same.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class unseen_oom_is_healed final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    auto& victim = what.cluster.workloads.front();
    victim.object.containers.front().resources = {{100, 150 * mebi}, {std::nullopt, 180 * mebi}};
    auto profile = std::make_shared<embedded::load_profile>(*victim.load);
    auto curve = std::make_shared<sudden_growth>();
    curve->moment = what.config.cluster.start + 2h;
    profile->containers.front().curve = curve;
    profile->containers.front().skew = 0;
    victim.load = profile;
  }

  void run(simulation& sim) override {
    sim.run_for(2h - 1min);
    sim.kill(component::agent);
    sim.run_for(2min);
    sim.expect(sim.cluster().statistics().oom_container_limit > 0, "containers are OOM-killed");
    sim.start(component::agent);
    auto healed = [&] {
      for (auto& value : pods_of(sim, "web"))
        if (value.statuses.front().actual.limits.memory.value_or(0) <= 400'000'000)
          return false;
      return true;
    };
    sim.expect(sim.wait_for(healed, 5min, 1s),
               "five minutes after the agent is back all have enough");
  }

  milliseconds calm() const override { return 1h; }
};

}  // namespace

scenario_card unseen_oom_is_healed_card() {
  return card<unseen_oom_is_healed>(
    "unseen_oom_is_healed", "an OOM kill that happens while no agent looks is healed all the same");
}

}  // namespace scaleops::sim
