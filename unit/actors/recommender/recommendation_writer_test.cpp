#include "actors/recommender/recommendation_writer.hpp"

#include <catch2/catch.hpp>

#include "unit/actors/recommender/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  recommender_config cfg;
  decision_sink_actor aut;

  void start() {
    component_env env{kube.handle(), w.anchor(), registry, "recommender-0", 1};
    aut = spawn_child<decision_sink_actor>(
      w, [&](caf::local_actor* self) { return spawn_recommendation_writer(self, cfg, env); });
  }
  void decide(const std::string& name, int64_t cpu, bool urgent = false) {
    auto made = std::make_shared<workload_recommendation>();
    made->workload = {"shop", "Deployment", name};
    made->decided_at = w.wall();
    made->containers = {want("app", res(cpu, "1Gi"))};
    caf::anon_send(aut, decision_made{made, 0.5, 3, urgent});
  }
  std::shared_ptr<const recommendation> stored(const std::string& name) {
    return kube.find<recommendation>(
      {object_kind::recommendation, "shop", "deployment-" + name, {}});
  }
  int64_t cpu_of(const std::string& name) {
    return stored(name)->status.containers.at(0).target.requests.cpu.value_or(0);
  }
  double written(const std::string& result) {
    return metric(*registry, "scaleops_recommender_writes_total", "result", result);
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a first decision creates the object with its status") {
  start();
  decide("web", 200);
  w.settle();
  REQUIRE(stored("web"));
  CHECK(cpu_of("web") == 200);
  CHECK(stored("web")->target == workload_ref{"shop", "Deployment", "web"});
  CHECK(stored("web")->coverage == 0.5);
  CHECK(stored("web")->replicas == 3);
  CHECK_FALSE(stored("web")->automation);  // a recommendation is no grant
  CHECK(written("ok") == 1);
}

TEST_CASE_METHOD(fixture, "what people wrote stays") {
  auto object = recommend({"shop", "Deployment", "web"}, {want("app", res(100, "1Gi"))}, w.wall());
  object.policy_override = "cost";
  object.excluded = true;
  kube.put(object);
  start();
  decide("web", 200);
  w.settle();
  CHECK(cpu_of("web") == 200);
  CHECK(stored("web")->policy_override == "cost");
  CHECK(stored("web")->excluded);
  REQUIRE(stored("web")->automation);
  CHECK(stored("web")->automation->granted_by == "alice");
}

TEST_CASE_METHOD(fixture,
                 "after a conflict the object is read again and written, the other's word kept") {
  kube.put(recommend({"shop", "Deployment", "web"}, {want("app", res(100, "1Gi"))}, w.wall()));
  int conflicts = 0;
  kube.data().fail_update = [&](const update_object& wish) {
    if (++conflicts > 1)
      return ec::none;
    // Between our read and our write somebody sets an override.
    auto other = std::get<recommendation>(*wish.object);
    other.policy_override = "cost";
    other.status.containers.clear();
    kube.put(other);
    return ec::conflict;
  };
  start();
  decide("web", 200);
  w.settle();
  CHECK(stored("web")->status.containers.empty());
  CHECK(written("error") == 1);
  w.run_for(3s);
  CHECK(conflicts == 2);
  CHECK(cpu_of("web") == 200);
  CHECK(stored("web")->policy_override == "cost");
  CHECK(written("ok") == 1);
}

TEST_CASE_METHOD(fixture,
                 "a stale version is a conflict, too: the newest decision wins in the end") {
  kube.put(recommend({"shop", "Deployment", "web"}, {}, w.wall()));
  int failures = 0;
  kube.data().fail_update = [&](const update_object&) {
    return ++failures <= 3 ? ec::conflict : ec::none;
  };
  start();
  decide("web", 200);
  w.settle();
  decide("web", 300);  // meanwhile
  w.run_for(10s);
  CHECK(cpu_of("web") == 300);
  CHECK(written("ok") == 1);
  CHECK(written("error") == 3);
}

TEST_CASE_METHOD(fixture, "of many decisions about one workload only the newest is written") {
  start();
  for (int64_t cpu = 1; cpu <= 50; ++cpu)
    decide("web", cpu);
  w.settle();
  CHECK(cpu_of("web") == 50);
  CHECK(kube.data().updated.size() <= 3);
}

TEST_CASE_METHOD(fixture, "urgent decisions pass those that wait") {
  cfg.writes_at_once = 1;
  std::vector<std::string> order;
  kube.data().fail_create = [&](const create_object& wish) {
    order.push_back(meta_of(*wish.object).name);
    return ec::none;
  };
  start();
  for (auto name : {"a", "b", "c"})
    decide(name, 100);
  decide("z", 100, true);
  w.settle();
  REQUIRE(order.size() == 4);
  CHECK(order[0] == "deployment-a");  // under way already
  CHECK(order[1] == "deployment-z");
}

TEST_CASE_METHOD(fixture, "a namespace that is going is no reason to try for ever") {
  kube.data().fail_create = [](const create_object&) { return ec::forbidden; };
  start();
  decide("web", 100);
  decide("other", 100);
  w.run_for(1min);
  CHECK(kube.data().created.size() == 2);
  CHECK(written("error") == 2);
  CHECK(metric(*registry, "scaleops_recommender_write_backlog") == 0);
}

TEST_CASE_METHOD(fixture, "an API server that is down is asked again every two seconds") {
  bool down = true;
  kube.data().fail_create = [&](const create_object&) { return down ? ec::unavailable : ec::none; };
  start();
  decide("web", 100);
  w.run_for(11s);
  CHECK(kube.data().created.size() == 6);
  down = false;
  w.run_for(2s);
  REQUIRE(stored("web"));
  CHECK(cpu_of("web") == 100);
}
