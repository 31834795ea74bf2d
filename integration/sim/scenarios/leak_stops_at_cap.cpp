// A container that eats whatever it is given gets more a few times, then no more, however often it
// is killed.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class leak_stops_at_cap final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    auto& leaky = what.cluster.workloads.front();
    leaky.object.containers.front().resources = {{500, 150 * mebi}, {std::nullopt, 180 * mebi}};
    auto profile = std::make_shared<embedded::load_profile>(*leaky.load);
    profile->containers.front().leak =
      40e9;  // bytes an hour: killed sooner than anybody could give it more
    leaky.load = profile;
  }

  void run(simulation& sim) override {
    sim.run_for(4h);
    auto highest = largest_limit(sim);
    auto kills = sim.cluster().statistics().oom_container_limit;
    sim.run_for(8h);
    sim.expect(sim.cluster().statistics().oom_container_limit > kills, "it is still killed");
    sim.expect(highest > 180 * mebi, "it was given more at first");
    sim.expect(largest_limit(sim) <= highest, "it is given no more after four hours of it");
    sim.expect(highest < 1024 * mebi, "the leak is not fed");
  }

private:
  static int64_t largest_limit(simulation& sim) {
    int64_t most = 0;
    for (auto& value : pods_of(sim, "web"))
      most = std::max(most, value.containers.front().resources.limits.memory.value_or(0));
    return most;
  }
};

}  // namespace

scenario_card leak_stops_at_cap_card() {
  return card<leak_stops_at_cap>("leak_stops_at_cap",
                                 "a container that eats whatever it is given gets more a few "
                                 "times, then no more, however often it is killed");
}

}  // namespace scaleops::sim
