#include <catch2/catch.hpp>

#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;
using pending = resize_status::pending_reason;

namespace {

/// Asks for a resize as the front actor does.
ec ask(cluster_model& model, const resize_pod& request) {
  auto result = resize(model.state(), request);
  model.settle();
  return result ? ec::none : result.error().code;
}

pod current(const cluster_model& model, const pod& p) {
  auto* now = model.find_pod({p.meta.ns, p.meta.name});
  REQUIRE(now);
  return *now;
}

}  // namespace

TEST_CASE("a resize passes from wish to allocation to force") {
  app web{.resources = {{100, 128 * mebi}, {{}, 256 * mebi}}};
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  container_resources wish{{300, 200 * mebi}, {{}, 512 * mebi}};
  REQUIRE(ask(model, resize_of(p, wish)) == ec::none);
  auto wished = current(model, p);
  CHECK(wished.containers[0].resources == wish);
  CHECK(wished.statuses[0].allocated.cpu == 100);
  CHECK(wished.resize.observed_generation < wished.meta.generation);
  pass(model, 300ms);
  auto admitted = current(model, p);
  CHECK(admitted.statuses[0].allocated.cpu == 300);
  CHECK(admitted.statuses[0].actual.requests.cpu == 100);
  CHECK(admitted.resize.in_progress);
  CHECK(admitted.resize.observed_generation == admitted.meta.generation);
  pass(model, 1s);
  auto done = current(model, p);
  CHECK(done.statuses[0].actual == wish);
  CHECK(!done.resize.in_progress);
  CHECK(done.statuses[0].restarts == 0);
  CHECK(model.statistics().resizes_done == 1);
}

TEST_CASE("a new limit holds at the next step") {
  app web{.resources = {{100, 128 * mebi}, {{}, 256 * mebi}}};
  web.use->memory = 200e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{100, 128 * mebi}, {{}, 512 * mebi}})) == ec::none);
  pass(model, 2s);
  web.use->memory = 400e6;
  pass(model, 1min);
  CHECK(model.statistics().oom_container_limit == 0);
}

TEST_CASE("a resize that the node has no room for is deferred and granted when another pod goes") {
  app web{.resources = {{500, 128 * mebi}, {}}};
  app other{.name = "other", .resources = {{3000, 128 * mebi}, {}}};
  cluster_model model{config(), cluster_of({web.spec(), other.spec()}, 1)};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{2000, 128 * mebi}, {}})) == ec::none);
  pass(model, 5s);
  CHECK(current(model, p).resize.pending == pending::deferred);
  CHECK(current(model, p).statuses[0].allocated.cpu == 500);
  CHECK(model.statistics().resizes_deferred == 1);
  pass(model, 5min);
  CHECK(model.statistics().resizes_deferred == 1);  // still the same one
  model.set_workload(other.ref(), [](workload& w) { w.replicas = 0; });
  pass(model, 5s);
  CHECK(current(model, p).resize.pending == pending::none);
  CHECK(current(model, p).statuses[0].actual.requests.cpu == 2000);
}

TEST_CASE("a deferred wish keeps its room from the scheduler, an infeasible one does not") {
  app web{.resources = {{500, 128 * mebi}, {}}};
  app other{.name = "other", .resources = {{2500, 128 * mebi}, {}}};
  auto cfg = config();
  cfg.refuse_infeasible = false;
  cluster_model model{cfg, cluster_of({web.spec(), other.spec()}, 1)};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{2000, 128 * mebi}, {}})) == ec::none);
  pass(model, 5s);
  CHECK(model.state().pods[0].cpu + model.state().pods[1].cpu == 4500);
  REQUIRE(ask(model, resize_of(p, {{9000, 128 * mebi}, {}})) == ec::none);
  pass(model, 5s);
  CHECK(current(model, p).resize.pending == pending::infeasible);
  CHECK(model.state().pods[0].cpu + model.state().pods[1].cpu == 3000);
  CHECK(model.statistics().resizes_infeasible == 1);
  REQUIRE(ask(model, resize_of(p, {{500, 128 * mebi}, {}})) == ec::none);
  pass(model, 5s);
  CHECK(current(model, p).resize.pending == pending::none);
}

TEST_CASE("newer servers refuse at once what the node can never hold") {
  app web;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  CHECK(ask(model, resize_of(p, {{100'000, 128 * mebi}, {}})) == ec::infeasible);
  CHECK(current(model, p).containers == p.containers);
  CHECK(model.statistics().resizes_infeasible == 1);
}

TEST_CASE("a memory limit below usage stays in progress with an error until usage falls") {
  app web{.resources = {{100, 64 * mebi}, {{}, 512 * mebi}}};
  web.use->memory = 300e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{100, 64 * mebi}, {{}, 128 * mebi}})) == ec::none);
  pass(model, 5s);
  auto stuck = current(model, p);
  CHECK(stuck.resize.in_progress);
  CHECK(stuck.resize.error);
  CHECK(stuck.resize.message.find("below current usage") != std::string::npos);
  CHECK(stuck.statuses[0].actual.limits.memory == 512 * mebi);
  CHECK(model.statistics().oom_container_limit == 0);
  web.use->memory = 100e6;
  pass(model, 1min);
  CHECK(!current(model, p).resize.in_progress);
  CHECK(current(model, p).statuses[0].actual.limits.memory == 128 * mebi);
}

TEST_CASE("a newer wish overtakes the one under way") {
  app web;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{200, 128 * mebi}, {}})) == ec::none);
  pass(model, 500ms);  // admitted, not in force
  REQUIRE(ask(model, resize_of(p, {{400, 128 * mebi}, {}})) == ec::none);
  pass(model, 3s);
  CHECK(current(model, p).statuses[0].actual.requests.cpu == 400);
  CHECK(!current(model, p).resize.in_progress);
}

TEST_CASE("resizePolicy RestartContainer restarts the container once") {
  app web{.resources = {{100, 128 * mebi}, {{}, 256 * mebi}}};
  auto spec = web.spec();
  spec.object.containers[0].resize_memory = resize_policy::restart_container;
  cluster_model model{config(), cluster_of({spec})};
  auto p = pods_of(model, "web")[0];
  REQUIRE(ask(model, resize_of(p, {{150, 128 * mebi}, {{}, 256 * mebi}})) == ec::none);
  pass(model, 10s);
  CHECK(current(model, p).statuses[0].restarts == 0);  // CPU alone needs none
  REQUIRE(ask(model, resize_of(p, {{150, 200 * mebi}, {{}, 400 * mebi}})) == ec::none);
  pass(model, 10s);
  CHECK(current(model, p).statuses[0].restarts == 1);
  CHECK(current(model, p).ready);
}

TEST_CASE("a resize obeys LimitRange and quota") {
  app web{.resources = {{100, 128 * mebi}, {}}};
  auto spec = cluster_of({web.spec()});
  limit_range range;
  range.meta.ns = "test";
  range.meta.name = "range";
  range.container_min = {50, {}};
  spec.others.push_back(object{range});
  resource_quota quota;
  quota.meta.ns = "test";
  quota.meta.name = "quota";
  quota.hard_requests = {300, {}};
  spec.others.push_back(object{quota});
  cluster_model model{config(), std::move(spec)};
  auto p = pods_of(model, "web")[0];
  auto used = [&] {
    return model.state()
      .store.find(object_kind::resource_quota, "test", "quota")
      ->as<resource_quota>()
      .used_requests.cpu;
  };
  CHECK(used() == 100);
  CHECK(ask(model, resize_of(p, {{20, 128 * mebi}, {}})) == ec::forbidden);
  CHECK(ask(model, resize_of(p, {{400, 128 * mebi}, {}})) == ec::forbidden);
  CHECK(ask(model, resize_of(p, {{250, 128 * mebi}, {}})) == ec::none);
  CHECK(used() == 250);
}

TEST_CASE("a pod whose room a resize took meanwhile is rejected by the kubelet and made anew") {
  app web{.resources = {{500, 128 * mebi}, {}}};
  app late{.name = "late", .replicas = 0, .resources = {{2500, 128 * mebi}, {}}};
  auto cfg = config();
  cfg.pod_start = 20s;
  cluster_model model{cfg, cluster_of({web.spec(), late.spec()}, 1)};
  auto p = pods_of(model, "web")[0];
  model.set_workload(late.ref(), [](workload& w) { w.replicas = 1; });
  REQUIRE(pods_of(model, "late")[0].node == "node-1");
  REQUIRE(ask(model, resize_of(p, {{2000, 128 * mebi}, {}})) == ec::none);
  pass(model, 10s);
  CHECK(current(model, p).statuses[0].allocated.cpu == 2000);
  pass(model, 60s);
  size_t rejected = 0;
  for (auto& one : pods_of(model, "late"))
    rejected += one.status_reason == "OutOfcpu";
  CHECK(rejected == 1);
  CHECK(ready_count(model, "late") == 0);
  CHECK(model.statistics().pods_unschedulable == 1);
}
