#include "actors/recommender/recommender.hpp"

#include <catch2/catch.hpp>

#include "unit/actors/recommender/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

recommendation_sink_actor::behavior_type listener(
  recommendation_sink_actor::pointer, std::shared_ptr<std::vector<recommendation_made>> into) {
  return {[into](recommendation_made& made) { into->push_back(made); }};
}

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<prometheus::Registry> registry;
  workload_facts_ptr facts = facts_of("web");
  recommender_actor aut;
  uint64_t seq = 0;

  fixture() {
    kube.put(make_namespace("shop"));
    kube.put(make_namespace("scaleops-system"));
    kube.put(make_node("node-1"));
  }
  void start(bool settled = true) {
    registry = std::make_shared<prometheus::Registry>();
    component_env env{kube.handle(), w.anchor(), registry, "recommender-0", 1};
    aut = w.own(spawn_recommender(w.sys(), {}, env));
    if (settled)
      w.settle();
  }
  caf::expected<usage_ack> feed(std::vector<container_usage> samples,
                                std::vector<container_kill> kills = {}) {
    return w.ask<usage_ack>(
      aut, usage_batch{7, ++seq, usage_of(facts, std::move(samples), std::move(kills))});
  }
  void use_for(std::chrono::minutes span) {
    for (auto end = w.wall() + span; w.wall() < end; w.run_for(5min)) {
      REQUIRE(feed({sample_at(w.wall(), 200, "300Mi")}));
      kube.bookmark();
    }
  }
  double hours() {
    auto shape = w.ask<usage_shape>(aut, usage_shape_query{facts->ref, "app"});
    return shape ? shape->hours : 0;
  }
  std::shared_ptr<const recommendation> stored() {
    return kube.find<recommendation>({object_kind::recommendation, "shop", "deployment-web", {}});
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "nothing is taken before policies and checkpoints are known") {
  start(false);
  caf::scoped_actor self{w.sys()};
  auto pending = self->request(aut, caf::infinite, usage_batch{7, 1, usage_of(facts, {})});
  w.settle();
  pending.receive([](usage_ack&) { FAIL("acknowledged too early"); },
                  [](caf::error& error) { CHECK(code_of(error) == ec::unavailable); });
  auto status = w.ask<component_status>(aut, status_query{});
  REQUIRE(status);
  CHECK(status->ready);
  CHECK(feed({}));  // the same number again: nothing of it had been taken
}

TEST_CASE_METHOD(fixture, "a batch is acknowledged when it was learned, and learned once") {
  start();
  auto ack = feed({sample_at(w.wall(), 200, "300Mi")});
  REQUIRE(ack);
  CHECK(ack->agent == 7);
  CHECK(ack->seq == 1);
  w.run_for(1h);
  REQUIRE(feed({sample_at(w.wall(), 200, "300Mi")}));
  auto before = hours();
  // The ack was lost: the agent sends the same batch again.
  auto again = w.ask<usage_ack>(
    aut, usage_batch{7, 2, usage_of(facts, {sample_at(w.wall() + 1h, 9000, "8Gi")})});
  REQUIRE(again);
  CHECK(again->seq == 2);
  CHECK(hours() == before);
  CHECK(metric(*registry, "scaleops_recommender_batches_repeated_total") == 1);
  // Another agent's numbers are its own.
  CHECK(w.ask<usage_ack>(aut, usage_batch{8, 1, usage_of(facts, {})}));
}

TEST_CASE_METHOD(fixture,
                 "an OOM kill is told to subscribers and written without any time passing") {
  start();
  auto told = std::make_shared<std::vector<recommendation_made>>();
  caf::anon_send(aut, subscribe_recommendations{w.own(w.sys().spawn(listener, told))});
  use_for(60min);
  auto before = told->size();
  auto now = w.wall();
  REQUIRE(feed({}, {kill_at(now)}));
  w.settle();
  CHECK(w.wall() == now);
  REQUIRE(told->size() == before + 1);
  auto& target = told->back().recommendation->containers.at(0).target;
  CHECK(*target.requests.memory >= mem("1Gi") * 12 / 10);
  REQUIRE(stored());
  CHECK(stored()->status.containers.at(0).target == target);
  CHECK(metric(*registry, "scaleops_recommender_urgent_decisions_total") == 1);
}

TEST_CASE_METHOD(fixture, "a late subscriber is told everything that is decided") {
  start();
  use_for(10min);
  auto told = std::make_shared<std::vector<recommendation_made>>();
  caf::anon_send(aut, subscribe_recommendations{w.own(w.sys().spawn(listener, told))});
  w.settle();
  REQUIRE(told->size() == 1);
  CHECK(told->at(0).recommendation->workload == facts->ref);
}

TEST_CASE_METHOD(fixture,
                 "a killed recommender loses at most what came since the last checkpoint") {
  start();
  use_for(240min);
  auto before = hours();
  CHECK(before > 3.8);
  caf::anon_send_exit(aut, caf::exit_reason::kill);
  w.settle();
  start();
  caf::anon_send(aut, workload_seen{facts});
  w.settle();
  CHECK(hours() >= before - 0.25);  // checkpoints are written every 10 minutes, samples come each 5
  CHECK(hours() <= before);
}

TEST_CASE_METHOD(fixture,
                 "a corrupt state in a good checkpoint is refused, reported and relearned") {
  start();
  use_for(120min);
  object_key damaged{};
  for (auto& [key, value] : kube.data().objects)
    if (key.kind == object_kind::checkpoint)
      damaged = key;
  auto object = *kube.find<checkpoint>(damaged);
  auto bytes = *object.data;
  bytes[bytes.size() - bytes.size() / 4] ^= 0x10;  // inside of the container's state
  object.data = std::make_shared<const std::string>(bytes);
  caf::anon_send_exit(aut, caf::exit_reason::kill);
  w.settle();
  kube.put(object);
  start();
  caf::anon_send(aut, workload_seen{facts});
  w.settle();
  CHECK(hours() == 0);
  CHECK(metric(*registry, "scaleops_recommender_states_refused_total") == 1);
  use_for(60min);
  CHECK(hours() > 0.8);
}

TEST_CASE_METHOD(fixture,
                 "a workload that goes and comes back within its retention is remembered") {
  start();
  use_for(120min);
  auto before = hours();
  caf::anon_send(aut, workload_gone{facts->ref});
  w.settle();
  CHECK(hours() == 0);
  w.run_for(1h);
  caf::anon_send(aut, workload_seen{facts});
  w.settle();
  CHECK(hours() == before);
}

TEST_CASE_METHOD(fixture,
                 "a policy that a person writes is used from then on, an invalid one is not") {
  start();
  use_for(400min);
  auto write = [&](int64_t least, double percentile) {
    policy mine;
    mine.meta.ns = "scaleops-system";
    mine.meta.name = "production";
    mine.spec = {};
    mine.spec.memory.percentile = percentile;
    mine.spec.memory.min = least;
    kube.put(mine);
    w.settle();
  };
  write(mem("3Gi"), 0.9);
  CHECK(stored()->status.containers.at(0).target.requests.memory == mem("3Gi"));
  write(mem("4Gi"), 1.9);
  CHECK(stored()->status.containers.at(0).target.requests.memory == mem("3Gi"));
}

TEST_CASE_METHOD(
  fixture, "HPAs and limits that may not be seen hold sizes, not learning, until they can be") {
  kube.data().denied = {object_kind::horizontal_pod_autoscaler, object_kind::limit_range};
  start();
  CHECK(w.ask<component_status>(aut, status_query{})->ready);
  use_for(12h);
  REQUIRE(stored());
  // An HPA may scale it: what it requests stays.
  CHECK(stored()->status.containers.at(0).target.requests == res(500, "1Gi"));
  kube.data().denied.clear();
  use_for(60min);
  CHECK(*stored()->status.containers.at(0).target.requests.cpu < 500);
}

TEST_CASE_METHOD(fixture, "policies that may not be seen are waited for") {
  kube.data().denied = {object_kind::policy};
  start();
  CHECK_FALSE(w.ask<component_status>(aut, status_query{})->ready);
  kube.data().denied.clear();
  w.run_for(1min);
  CHECK(w.ask<component_status>(aut, status_query{})->ready);
}
