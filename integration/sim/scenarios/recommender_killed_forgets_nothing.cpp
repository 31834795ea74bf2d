// A recommender that is killed again and again still knows what it had learned, but for one
// checkpoint interval.
#include "integration/sim/scenarios/list.hpp"
#include "integration/sim/scenarios/stage.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

class recommender_killed_forgets_nothing final : public scenario {
public:
  void setup(plan& what) override { small_shop(what); }

  void run(simulation& sim) override {
    sim.run_for(8h);
    auto before = hours(sim);
    sim.expect(before > 7, "eight hours are learned");
    for (int i = 0; i < 5 && sim.violations().empty(); ++i) {
      sim.kill(component::recommender);
      sim.run_for(milliseconds{int64_t(sim.dice().below(20'000))});
      sim.start(component::recommender);
      sim.run_for(milliseconds{int64_t(sim.dice().below(60'000))});
    }
    sim.run_for(3min);
    auto interval = double(sim.config().platform.recommender.checkpoint_interval.count()) / 3.6e6;
    sim.expect(hours(sim) >= before - interval,
               "no more than one checkpoint interval is forgotten");
    sim.expect(sim.wait_for([&] { return gate_open(sim) && all_sized(sim); }, 30min, 1s),
               "all goes on as before");
  }

private:
  static double hours(simulation& sim) {
    auto shape = sim.ask<usage_shape, recommender_actor>(component::recommender,
                                                         usage_shape_query{web(), "main"});
    return shape ? shape->hours : 0;
  }
};

}  // namespace

scenario_card recommender_killed_forgets_nothing_card() {
  return card<recommender_killed_forgets_nothing>(
    "recommender_killed_forgets_nothing",
    "a recommender that is killed again and again still knows what it had learned, but for one "
    "checkpoint interval");
}

}  // namespace scaleops::sim
