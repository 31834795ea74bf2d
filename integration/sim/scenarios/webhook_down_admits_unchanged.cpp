// While the webhook cannot be reached pods are created at once and unchanged, and nobody is
// evicted to come back unsized.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"
#include "messages/labels.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class webhook_down_admits_unchanged final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.config.platform.updater.rules.in_place = false;
  }

  void run(simulation& sim) override {
    sim.run_for(30min);
    sim.fault_begins("the webhook cannot be reached");
    sim.cluster().set_admission_down(true);
    roll_out(sim, web());
    bool rolled =
      sim.wait_for([&] { return unchanged(sim) == 3 && ready_pods(sim, "web") == 3; }, 5min, 1s);
    sim.expect(rolled, "pods come up as their template says");
    sim.run_for(3min);  // until healthcheck has seen it
    auto evictions = sim.cluster().statistics().evictions;
    sim.run_for(10h);
    sim.expect(sim.cluster().statistics().evictions == evictions, "nobody is evicted meanwhile");
    sim.cluster().set_admission_down(false);
    sim.fault_ends("the webhook cannot be reached");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 6h, 10s), "later all get their size");
  }

private:
  static size_t unchanged(simulation& sim) {
    size_t count = 0;
    for (auto& value : pods_of(sim, "web"))
      count += value.meta.annotations.contains("rolled-out") &&
               *value.containers.front().resources.requests.cpu == 500 &&
               !value.meta.labels.contains(std::string(labels::managed));
    return count;
  }
};

}  // namespace

scenario_card webhook_down_admits_unchanged_card() {
  return card<webhook_down_admits_unchanged>(
    "webhook_down_admits_unchanged",
    "while the webhook cannot be reached pods are created at once and unchanged, and nobody is "
    "evicted to come back unsized");
}

}  // namespace scaleops::sim
