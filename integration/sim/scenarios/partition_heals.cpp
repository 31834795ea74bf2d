// A recommender that nobody can reach for half an hour loses no usage: the agent keeps it.
#include <prometheus/registry.h>

#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class partition_heals final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.run_for(2h);
    sim.set_link(component::recommender,
                 []() -> std::optional<milliseconds> { return std::nullopt; });
    sim.run_for(30min);
    sim.set_link(component::recommender, {});
    sim.run_for(5min);
    sim.expect(counter(sim, "scaleops_agent_samples_lost_total") == 0, "no sample is dropped");
    // One scrape round may be on its way.
    auto taken = counter(sim, "scaleops_agent_samples_total");
    sim.expect(counter(sim, "scaleops_agent_samples_fed_total") >= taken - 20,
               "every sample arrives at last");
    sim.expect(sim.wait_for([&] { return gate_open(sim); }, 5min, 1s), "the gate is open again");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 8h, 10s), "all pods get their size");
  }

private:
  static double counter(simulation& sim, const std::string& name) {
    double sum = 0;
    for (auto& family : sim.components().registry(component::agent)->Collect())
      if (family.name == name)
        for (auto& metric : family.metric)
          sum += metric.counter.value;
    return sum;
  }
};

}  // namespace

scenario_card partition_heals_card() {
  return card<partition_heals>(
    "partition_heals",
    "a recommender that nobody can reach for half an hour loses no usage: the agent keeps it");
}

}  // namespace scaleops::sim
