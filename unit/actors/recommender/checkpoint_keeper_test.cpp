#include "actors/recommender/checkpoint_keeper.hpp"

#include <prometheus/registry.h>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "actors/recommender/checkpoint_slot.hpp"
#include "messages/labels.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

checkpoint_sink_actor::behavior_type sink(checkpoint_sink_actor::pointer self, component_env env,
                                          std::shared_ptr<checkpoint_keeper_actor> keeper) {
  *keeper = spawn_checkpoint_keeper(self, {}, env, caf::actor_cast<checkpoint_sink_actor>(self));
  return {[](const checkpoints_loaded&) {}};
}

struct fixture {
  test::world w;
  test::fake_kube kube{w};
  std::shared_ptr<checkpoint_keeper_actor> keeper = std::make_shared<checkpoint_keeper_actor>();

  void start() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(), "test",
                      1};
    w.own(w.sys().spawn(sink, env, keeper));
    w.settle();
  }

  static write_slot order(const std::string& state) {
    auto saved = std::make_shared<saved_workload>();
    saved->workload = {"shop", "Deployment", "web"};
    saved->containers = {{"app", state}};
    return {7, {saved}};
  }
  void write(const std::string& state) {
    caf::anon_send(*keeper, order(state));
    w.run_for(1s);
  }
  /// What stands in slot 7; empty: nothing.
  std::string stored() {
    auto found = kube.find<checkpoint>(
      {object_kind::checkpoint, std::string(labels::system_namespace), "slot-0007", {}});
    std::string why;
    auto read = found ? decode_slot(*found->data, why) : std::nullopt;
    return read ? read->at(0)->containers.at(0).second : std::string{};
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a slot is created, then replaced, then removed when nothing is left") {
  start();
  write("one");
  CHECK(stored() == "one");
  write("two");
  CHECK(stored() == "two");
  caf::anon_send(*keeper, write_slot{7, {}});
  w.run_for(1s);
  CHECK(stored().empty());
}

TEST_CASE_METHOD(fixture, "a refused write is tried again until it stands") {
  start();
  write("one");
  int left = 3;
  kube.data().fail_update = [&](const update_object&) {
    return left-- > 0 ? ec::server_error : ec::none;
  };
  write("two");
  CHECK(stored() == "one");
  w.run_for(20s);
  CHECK(stored() == "two");
}

TEST_CASE_METHOD(fixture, "the newest order wins over one that is still being tried") {
  start();
  write("one");
  bool refuse = true;
  kube.data().fail_update = [&](const update_object&) {
    return refuse ? ec::unavailable : ec::none;
  };
  write("two");
  write("three");
  refuse = false;
  w.run_for(1min);
  CHECK(stored() == "three");
}

TEST_CASE_METHOD(fixture, "each write names the version that it replaces") {
  start();
  write("one");
  write("two");
  REQUIRE(kube.data().updated.size() == 1);
  CHECK(meta_of(*kube.data().updated[0].object).resource_version != 0);
  // Somebody else wrote meanwhile: look, then write again.
  auto other = *kube.find<checkpoint>(
    {object_kind::checkpoint, std::string(labels::system_namespace), "slot-0007", {}});
  kube.put(other);
  write("three");
  w.run_for(10s);
  CHECK(stored() == "three");
}
