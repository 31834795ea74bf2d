#include "unit/actors/updater/updater_bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using bench = updater_bench;

TEST_CASE("granted pods are resized in place one after another until all are right") {
  bench b;
  b.recommend_web(res(200, "600Mi"), res(400, "1200Mi"));
  b.start();
  b.run(60s);
  for (auto name : {"web-1", "web-2", "web-3"}) {
    auto one = b.pod_named(name);
    CHECK(one.containers[0].resources.requests == res(200, "600Mi"));
    CHECK(one.meta.labels.at("scaleops.sh/managed") == "true");
    CHECK(
      one.meta.annotations.at("scaleops.sh/origin-resources") ==
      R"({"app":{"limits":{"cpu":"1","memory":"2Gi"},"requests":{"cpu":"500m","memory":"1Gi"}}})");
  }
  CHECK(b.real_evictions() == 0);
  CHECK(b.kube.data().resized.size() == 3);
  CHECK(b.kube.created<event>().size() == 3);
  auto log = b.log();
  for (auto& one : log.records)
    UNSCOPED_INFO(one.pod.name << " " << to_string(one.why) << " " << one.detail);
  CHECK(log.last == 3);
  CHECK(log.records.at(0).done);
  b.run(60s);
  auto wish =
    b.kube.find<recommendation>({object_kind::recommendation, "shop", "deployment-web", {}});
  REQUIRE(wish->last);
  CHECK(wish->last->action == "resize");
}

TEST_CASE("without a grant nothing is touched") {
  bench b;
  auto wish =
    recommend({"shop", "Deployment", "web"}, {want("app", res(200, "600Mi"))}, b.w.wall());
  wish.automation.reset();
  b.kube.put(wish);
  b.start();
  b.run(60s);
  CHECK(b.kube.data().resized.empty());
  CHECK(b.kube.data().patched.empty());
}

TEST_CASE("an infeasible growth becomes an eviction, and the next one waits for the replacement") {
  bench b;
  b.kube.data().fail_resize = [](auto&) { return ec::infeasible; };
  b.recommend_web(res(900, "2Gi"), res(1800, "4Gi"), true);
  b.start();
  b.run(120s);
  REQUIRE(b.real_evictions() == 1);
  CHECK(b.kube.data().evicted.size() == 2);  // asked by a dry run first
  b.run(300s);
  CHECK(b.real_evictions() == 1);
  auto gone = b.kube.data().evicted.back().pod.name;
  auto fresh = pod_builder{"shop", "web-4"};
  fresh.owned_by("ReplicaSet", "web-rs")
    .container("app", res(900, "2Gi"), res(1800, "4Gi"))
    .label("app", "web")
    .label("scaleops.sh/applied-recommendation", "1");
  b.kube.put(pod(fresh));
  b.run(900s);
  CHECK(b.real_evictions() == 2);
}

TEST_CASE("a refusal by a budget is tried again a few times and then rests") {
  bench b;
  b.kube.data().fail_resize = [](auto&) { return ec::infeasible; };
  b.kube.data().fail_evict = [](auto&) { return ec::too_many_requests; };
  b.recommend_web(res(900, "2Gi"), res(1800, "4Gi"), true);
  b.start();
  b.run(600s);
  CHECK(b.real_evictions() == 0);
  auto tries = b.kube.data().evicted.size();
  CHECK(tries >= 4);
  CHECK(tries <= 20);
  auto log = b.log();
  CHECK(std::any_of(log.records.begin(), log.records.end(),
                    [](auto& one) { return one.why == refusal::disruption_budget; }));
}

TEST_CASE("a shut gate stops evictions and decreases but not healing in place") {
  bench b;
  b.start();
  b.kube.put(green_report(b.w.wall(), false));
  b.recommend_web(res(200, "600Mi"));
  b.w.run_for(60s);
  CHECK(b.kube.data().resized.empty());
  b.recommend_web(res(600, "2Gi"), res(1200, "4Gi"), true);
  b.w.run_for(30s);
  CHECK(b.kube.data().resized.size() == 3);
}

TEST_CASE("the switch stops everything and survives by an annotation") {
  bench b;
  b.start();
  auto answer = b.w.ask<component_status>(b.aut, pause_updates{true, "bob"});
  REQUIRE(answer);
  auto space =
    b.kube.find<namespace_object>({object_kind::namespace_object, {}, "scaleops-system", {}});
  CHECK(space->meta.annotations.at("scaleops.sh/updates-paused") == "bob");
  b.recommend_web(res(900, "2Gi"), res(1800, "4Gi"), true);
  b.run(60s);
  CHECK(b.kube.data().resized.empty());
  REQUIRE(b.w.ask<component_status>(b.aut, pause_updates{false, "bob"}));
  b.run(60s);
  CHECK(b.kube.data().resized.size() == 3);
}

TEST_CASE("another writer that keeps reverting us is left alone and named") {
  bench b;
  b.cfg.rules.resize_gap = 1s;
  b.recommend_web(res(900, "2Gi"), res(1800, "4Gi"));
  b.start();
  b.run(60s);
  for (int i = 0; i < 3; ++i) {
    auto meddled = b.pod_named("web-1");
    meddled.containers[0].resources = {res(500, "1Gi"), res(1000, "2Gi")};
    meddled.statuses[0].actual = meddled.containers[0].resources;
    ++meddled.meta.generation;
    b.kube.put(meddled);
    b.run(30s);
  }
  auto log = b.log();
  CHECK(std::count_if(log.records.begin(), log.records.end(),
                      [](auto& one) { return one.why == refusal::fight; }) == 1);
  auto before = b.kube.data().resized.size();
  b.run(600s);
  CHECK(b.kube.data().resized.size() == before);
  // An hour later it is tried again.
  b.recommend_web(res(950, "2Gi"), res(1800, "4Gi"), true);
  b.run(3600s);
  CHECK(b.kube.data().resized.size() > before);
}

TEST_CASE("only the leader acts, and what it had under way ends with its lead") {
  bench b;
  b.kube.put(lease_of("updater-1"));
  b.recommend_web(res(900, "2Gi"), res(1800, "4Gi"), true);
  b.start(true);
  b.w.run_for(10s);
  CHECK(b.kube.data().resized.empty());
  // The other one falls silent: we take over.
  b.kube.data().enforce_resizes = false;
  b.w.run_for(30s);
  CHECK(b.kube.data().resized.size() == 3);
  // And lose it again before the kubelet has done anything.
  b.kube.put(lease_of("updater-2"));
  b.w.run_for(20s);
  auto status = b.w.ask<component_status>(b.aut, status_query{});
  REQUIRE(status);
  CHECK(status->detail.starts_with("standing by, 0 under way"));
}

TEST_CASE("memory shrinks only after the live use was read") {
  bench b;
  b.kube.data().metrics.clear();
  b.recommend_web(res(500, "600Mi"), res(1000, "1200Mi"));
  b.start();
  b.run(90s);
  CHECK(b.kube.data().resized.empty());
  CHECK_FALSE(b.kube.data().measured.empty());
  CHECK(b.kube.data().measured.size() <= 3);  // a node that does not answer is not hammered
  b.use("700Mi");
  b.run(180s);
  REQUIRE(b.kube.data().resized.size() == 3);
  CHECK(b.kube.data().resized[0].containers[0].resources.requests.memory == mem("770Mi"));
}

TEST_CASE("a healing decision by message is put into effect without waiting for the tick") {
  bench b;
  b.cfg.tick = 1h;
  b.recommend_web(res(500, "1Gi"), res(1000, "2Gi"));
  b.start();
  b.w.run_for(1h);
  b.kube.bookmark();
  b.w.settle();
  REQUIRE(b.kube.data().resized.empty());
  auto healing = want("app", res(500, "2Gi"), res(1000, "4Gi"));
  healing.urgent = true;
  auto decision = recommend({"shop", "Deployment", "web"}, {healing}, b.w.wall(), 9).status;
  caf::anon_send(b.aut, recommendation_made{std::make_shared<workload_recommendation>(decision)});
  b.w.settle();
  CHECK(b.kube.data().resized.size() == 3);
}
