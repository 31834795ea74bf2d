// A watch that dies without a word is noticed within its patience, and what was missed is caught
// up.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class lost_watch_is_resumed final : public scenario {
public:
  void setup(plan& what) override {
    small_shop(what);
    what.cluster.others.clear();  // nothing is granted yet
  }

  void run(simulation& sim) override {
    sim.run_for(8h);
    for (auto which : all_components)
      sim.break_watches(which, ec::timeout, true);
    sim.run_for(5s);
    sim.grant("shop");
    auto& cfg = sim.config().platform;
    auto patience =
      std::max(cfg.updater.bookmark_patience, cfg.admissions.bookmark_patience) + 3min;
    sim.expect(sim.wait_for([&] { return changes(sim) > 0; }, patience, 1s),
               "the grant is heard of although every watch was dead");
    sim.expect(sim.wait_for([&] { return all_sized(sim); }, 1h, 10s), "all pods get their size");
  }
};

}  // namespace

scenario_card lost_watch_is_resumed_card() {
  return card<lost_watch_is_resumed>("lost_watch_is_resumed",
                                     "a watch that dies without a word is noticed within its "
                                     "patience, and what was missed is caught up");
}

}  // namespace scaleops::sim
