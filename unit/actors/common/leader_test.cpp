#include "actors/common/leader.hpp"

#include <prometheus/registry.h>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "messages/labels.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

leadership_sink_actor::behavior_type sink(leadership_sink_actor::pointer self, component_env env,
                                          std::shared_ptr<std::vector<bool>> into) {
  spawn_leader(self, {}, env, caf::actor_cast<leadership_sink_actor>(self));
  return {[into](const leadership_changed& change) { into->push_back(change.leads); }};
}

struct fixture {
  test::world w;
  test::fake_kube kube{w};
  std::shared_ptr<std::vector<bool>> told = std::make_shared<std::vector<bool>>();

  fixture() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(), "me", 1};
    w.own(w.sys().spawn(sink, env, told));
    w.run_for(20s);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "who finds no lease takes it and keeps it") {
  CHECK(*told == std::vector<bool>{true});
  w.run_for(5min);
  CHECK(*told == std::vector<bool>{true});
}

TEST_CASE_METHOD(fixture, "one conflict does not end a leadership that nobody else has taken") {
  int left = 1;
  kube.data().fail_update = [&](const update_object&) {
    return left-- > 0 ? ec::conflict : ec::none;
  };
  w.run_for(1min);
  CHECK(*told == std::vector<bool>{true});
}

TEST_CASE_METHOD(fixture, "who cannot renew gives up before another may take over") {
  kube.data().fail_update = [](const update_object&) { return ec::conflict; };
  w.run_for(16s);
  CHECK(*told == std::vector<bool>{true, false});
}

TEST_CASE_METHOD(fixture, "who finds another holder gives up at once") {
  lease taken;
  taken.meta.ns = labels::system_namespace;
  taken.meta.name = "scaleops-component";
  taken.holder = "another";
  kube.put(taken);
  w.run_for(6s);
  CHECK(*told == std::vector<bool>{true, false});
}
