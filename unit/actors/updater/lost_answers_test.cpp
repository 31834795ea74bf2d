// The updater where its requests are carried out and the answers are lost.
#include "unit/actors/updater/updater_bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using bench = updater_bench;

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

TEST_CASE("what was under way when the lead was lost may still arrive: the cool-down begins then") {
  bench b;
  b.recommend_web(res(1000, "2Gi"), res(2000, "4Gi"), true);
  b.kube.data().fail_resize = [](auto&) { return ec::infeasible; };
  bool stormy = true;
  b.kube.data().fail_evict = [&](auto&) { return stormy ? ec::unavailable : ec::none; };
  b.cfg.retries = 100;
  b.start(true);
  b.run(300s);
  b.kube.put(lease_of("updater-1"));
  b.run(30s);
  stormy = false;
  b.run(510s);  // the other one has fallen silent long ago
  CHECK(b.real_evictions() == 0);
  b.run(120s);
  CHECK(b.real_evictions() == 1);
}
