// While a node is drained and pods are moved to new sizes by eviction, the budget's pods stay
// ready.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class drain_respects_pdb final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.config.platform.updater.rules.in_place = false;  // only evictions bring new sizes
    pod_disruption_budget budget;
    budget.meta.ns = "shop";
    budget.meta.name = "web";
    budget.selector.match_labels = {{"app", "web"}};
    budget.max_unavailable = int_or_percent{1, false};
    what.cluster.others.push_back(object{budget});
  }

  void run(simulation& sim) override {
    sim.each_minute = [&] { least_ = std::min(least_, ready_pods(sim, "web")); };
    sim.expect(sim.wait_for([&] { return sim.cluster().statistics().evictions > 0; }, 12h, 1s),
               "the updater evicts");
    sim.cluster().cordon("node-1");
    // As kubectl drain: asks again until all are gone.
    bool drained = sim.wait_for(
      [&] {
        least_ = std::min(least_, ready_pods(sim, "web"));
        return drain_once(sim);
      },
      1h, 5s);
    sim.expect(drained, "the node can be drained while the updater works");
    sim.cluster().cordon("node-1", false);
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 12h, 10s), "all pods get their size");
  }

  void check(simulation& sim) override {
    sim.expect(least_ >= 2, "two of three pods were ready at every moment");
  }

private:
  static bool drain_once(simulation& sim) {
    bool empty = true;
    std::vector<evict_pod> wishes;
    for (auto& value : pods_of(sim, "web"))
      if (value.node == "node-1")
        wishes.push_back({{value.meta.ns, value.meta.name}, value.meta.uid, false});
    for (auto& wish : wishes) {
      empty = false;
      sim.edit("a person drains node-1",
               [&](embedded::cluster_state& s) { embedded::evict(s, wish); });
    }
    return empty;
  }

  size_t least_ = 3;
};

}  // namespace

scenario_card drain_respects_pdb_card() {
  return card<drain_respects_pdb>("drain_respects_pdb",
                                  "while a node is drained and pods are moved to new sizes by "
                                  "eviction, the budget's pods stay ready");
}

}  // namespace scaleops::sim
