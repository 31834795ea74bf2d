#include "actors/updater/updater.hpp"

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

/// An updater over a fake kube with one Deployment "web" of three pods that have 500m and 1Gi.
struct bench {
  world w;
  fake_kube kube{w};
  updater_config cfg;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  updater_actor aut;

  bench() {
    kube.put(make_namespace("shop"));
    kube.put(make_namespace("scaleops-system"));
    kube.put(make_node("node-1"));
    kube.put(deployment("shop", "web", 3));
    kube.put(replica_set("shop", "web-rs", "web", 3));
    for (auto name : {"web-1", "web-2", "web-3"})
      kube.put(pod(web_pod(name)));
    kube.put(green_report(w.wall()));
    use("300Mi");
  }

  static pod_builder web_pod(std::string name) {
    pod_builder b{"shop", std::move(name)};
    b.owned_by("ReplicaSet", "web-rs")
      .container("app", res(500, "1Gi"), res(1000, "2Gi"))
      .label("app", "web");
    return b;
  }

  /// Live memory of every pod.
  void use(std::string_view memory) {
    auto metrics = std::make_shared<node_metrics>();
    metrics->node = "node-1";
    for (auto& [key, value] : kube.data().objects)
      if (key.kind == object_kind::pod) {
        container_metrics one;
        one.pod = value;
        one.container = "app";
        one.working_set = mem(memory);
        metrics->containers.push_back(one);
      }
    kube.data().metrics["node-1"] = metrics;
  }

  void start(bool elect = false) {
    cfg.elect = elect;
    component_env env{kube.handle(), w.anchor(), registry, "updater-0", 1};
    aut = w.own(spawn_updater(w.sys(), cfg, env, {}));
    w.settle();
  }

  /// Keeps the report fresh while time goes by.
  void run(std::chrono::seconds span) {
    for (; span > 0s; span -= 30s) {
      kube.put(green_report(w.wall()));
      kube.bookmark();
      w.run_for(std::min<std::chrono::seconds>(span, 30s));
    }
  }

  void recommend_web(resources requests, resources limits = {}, bool urgent = false) {
    auto one = want("app", requests, limits);
    one.urgent = urgent;
    kube.put(recommend({"shop", "Deployment", "web"}, {one}, w.wall(), ++revision));
  }
  uint64_t revision = 0;

  pod pod_named(std::string name) {
    return *kube.find<pod>({object_kind::pod, "shop", std::move(name), {}});
  }

  update_log log() {
    auto answer = w.ask<update_log>(aut, update_log_query{});
    REQUIRE(answer);
    return *answer;
  }

  double actions(const std::string& action, const std::string& result) const {
    for (auto& family : registry->Collect())
      if (family.name == "scaleops_updater_actions_total")
        for (auto& metric : family.metric) {
          std::map<std::string, std::string> labels;
          for (auto& label : metric.label)
            labels[label.name] = label.value;
          if (labels["action"] == action && labels["result"] == result)
            return metric.counter.value;
        }
    return 0;
  }

  size_t real_evictions() const {
    auto& all = const_cast<fake_kube&>(kube).data().evicted;
    return size_t(std::count_if(all.begin(), all.end(), [](auto& one) { return !one.dry_run; }));
  }
};

lease lease_of(std::string holder) {
  lease one;
  one.meta.ns = "scaleops-system";
  one.meta.name = "scaleops-updater";
  one.holder = std::move(holder);
  one.duration = 15s;
  return one;
}

}  // namespace

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

// ---- answers that are lost ----

TEST_CASE("a resize that was done unheard is stamped and told once") {
  bench b;
  b.recommend_web(res(200, "600Mi"), res(400, "1200Mi"));
  bool deaf = true;
  b.kube.data().lose_resize = [&](auto&) { return deaf; };
  b.kube.data().lose_get = [&](auto&) { return deaf; };
  b.cfg.retries = 0;
  auto pods_watch_lost = [&] { b.kube.break_watches(object_kind::pod, ec::unavailable); };
  b.start();
  pods_watch_lost();
  b.run(90s);
  deaf = false;
  b.run(300s);
  for (auto name : {"web-1", "web-2", "web-3"}) {
    INFO(name);
    auto one = b.pod_named(name);
    CHECK(one.containers[0].resources.requests == res(200, "600Mi"));
    CHECK(one.meta.labels.contains("scaleops.sh/applied-recommendation"));
    CHECK(std::count_if(b.kube.data().resized.begin(), b.kube.data().resized.end(),
                        [&](auto& wish) { return wish.pod.name == name; }) == 1);
    auto log = b.log();
    CHECK(std::count_if(log.records.begin(), log.records.end(),
                        [&](auto& record) { return record.done && record.pod.name == name; }) == 1);
  }
  CHECK(b.actions("resize", "done") == 3);
}

TEST_CASE("a restarted updater stamps what its predecessor did last") {
  bench b;
  b.recommend_web(res(200, "600Mi"), res(400, "1200Mi"));
  for (auto name : {"web-1", "web-2", "web-3"}) {
    auto one = b.pod_named(name);
    one.meta.annotations["scaleops.sh/origin-resources"] =
      R"({"app":{"limits":{"cpu":"1","memory":"2Gi"},"requests":{"cpu":"500m","memory":"1Gi"}}})";
    one.containers[0].resources = {res(200, "600Mi"), res(400, "1200Mi")};
    one.statuses[0].allocated = res(200, "600Mi");
    one.statuses[0].actual = one.containers[0].resources;
    b.kube.put(one);
  }
  b.start();
  b.run(120s);
  CHECK(b.kube.data().resized.empty());
  CHECK(b.pod_named("web-1").meta.labels.at("scaleops.sh/managed") == "true");
  auto log = b.log();
  REQUIRE(log.records.size() == 3);
  CHECK(log.records[0].before.requests == res(500, "1Gi"));
  CHECK(log.records[0].after.requests == res(200, "600Mi"));
  CHECK(b.actions("resize", "done") == 3);
}

TEST_CASE("a resize whose stamp was written as the lead was lost is told once") {
  bench b;
  b.recommend_web(res(200, "600Mi"), res(400, "1200Mi"));
  b.cfg.lease_renew = 100ms;
  int stamps = 0;
  b.kube.data().fail_patch = [&](auto& one) {
    if (!one.labels.empty() && ++stamps == 1) {
      b.kube.break_watches(object_kind::pod, ec::gone);
      b.kube.put(lease_of("updater-1"));
    }
    return ec::none;
  };
  b.kube.data().lose_patch = [&](auto& one) { return !one.labels.empty() && stamps == 1; };
  b.start(true);
  b.run(300s);  // the other one falls silent, we lead again
  auto log = b.log();
  for (auto name : {"web-1", "web-2", "web-3"}) {
    INFO(name);
    CHECK(b.pod_named(name).meta.labels.contains("scaleops.sh/managed"));
    CHECK(std::count_if(log.records.begin(), log.records.end(),
                        [&](auto& record) { return record.done && record.pod.name == name; }) == 1);
  }
  CHECK(b.actions("resize", "done") == 3);
}

TEST_CASE("a pod that cannot be stamped is told once") {
  bench b;
  b.recommend_web(res(200, "600Mi"), res(400, "1200Mi"));
  bool refuse = true;
  b.kube.data().fail_patch = [&](auto& one) {
    return refuse && !one.labels.empty() ? ec::forbidden : ec::none;
  };
  b.start();
  b.run(1800s);
  CHECK(b.actions("resize", "done") == 2);  // the workload rests longer and longer
  refuse = false;
  b.run(3600s);
  CHECK(b.pod_named("web-1").meta.labels.contains("scaleops.sh/managed"));
  CHECK(b.actions("resize", "done") == 3);
  auto log = b.log();
  CHECK(std::count_if(log.records.begin(), log.records.end(), [](auto& one) { return one.done; }) ==
        3);
}

TEST_CASE("an eviction that was done unheard is told once") {
  bench b;
  b.recommend_web(res(1000, "2Gi"), res(2000, "4Gi"), true);
  b.kube.data().fail_resize = [](auto&) { return ec::infeasible; };
  b.kube.data().lose_evict = [](auto& one) { return !one.dry_run; };
  b.kube.data().lose_get = [](auto&) { return true; };
  b.cfg.retries = 0;
  b.start();
  b.run(1500s);
  CHECK(b.real_evictions() >= 1);
  auto log = b.log();
  auto told =
    std::count_if(log.records.begin(), log.records.end(), [](auto& one) { return one.done; });
  CHECK(size_t(told) == b.real_evictions());
}
