// After an OOM kill the workload's pods have more memory in force within five seconds.
#include "integration/sim/draw/cluster_draw.hpp"
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"
#include "messages/quantity.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class oom_raises_memory final : public scenario {
public:
  void setup(plan& what) override {
    made_workload wish;
    wish.resources = {{100, 150 * mebi}, {std::nullopt, 180 * mebi}};
    auto made = make_workload(wish);
    auto curve = std::make_shared<sudden_growth>();
    curve->moment = what.config.cluster.start + 2h;
    auto profile = std::make_shared<embedded::load_profile>(*made.load);
    profile->containers.front().curve = curve;
    profile->containers.front().skew = 0;
    made.load = profile;
    what.cluster.workloads = {made};
    what.cluster.nodes = make_nodes(3);
    what.cluster.others = {make_grant("shop", what.config.cluster.start)};
  }

  void run(simulation& sim) override {
    auto kills = [&] { return sim.cluster().statistics().oom_container_limit; };
    sim.expect(sim.wait_for([&] { return kills() > 0; }, 3h, 1s), "a container is OOM-killed");
    auto limits_before = least_limit(sim);
    bool healed = sim.wait_for([&] { return least_limit(sim) > limits_before; }, 5s, 100ms);
    sim.expect(healed,
               "five seconds after an OOM kill every pod has a higher memory limit in force");
  }

  milliseconds calm() const override { return 1h; }

  void check(simulation& sim) override {
    sim.expect(least_limit(sim) > 400'000'000, "the limit ends above what is used");
  }

private:
  /// In force, of all pods of the workload.
  static int64_t least_limit(simulation& sim) {
    int64_t least = INT64_MAX;
    sim.cluster().each_pod([&](const pod& value) {
      if (value.meta.ns == "shop" && !value.statuses.empty())
        least = std::min(least, value.statuses.front().actual.limits.memory.value_or(0));
    });
    return least;
  }
};

}  // namespace

scenario_card oom_raises_memory_card() {
  return card<oom_raises_memory>("oom_raises_memory",
                                 "after an OOM kill more memory is in force within five seconds");
}

}  // namespace scaleops::sim
