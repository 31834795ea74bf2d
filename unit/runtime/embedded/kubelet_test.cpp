#include <catch2/catch.hpp>

#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;

namespace {

const container_metrics* metric_of(const node_metrics& metrics, const std::string& pod_name) {
  for (auto& m : metrics.containers)
    if (meta_of(*m.pod).name == pod_name)
      return &m;
  return nullptr;
}

container_metrics measure(cluster_model& model, const pod& p) {
  auto metrics = read_metrics(model.state(), p.node);
  REQUIRE(metrics);
  auto* m = metric_of(**metrics, p.meta.name);
  REQUIRE(m);
  return *m;
}

}  // namespace

TEST_CASE("usage is counted as the curve says, at whatever times one asks") {
  app web;
  web.use->cpu = 0.25;
  web.use->memory = 50e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  auto before = measure(model, p);
  pass(model, 7s);
  auto middle = measure(model, p);
  pass(model, 53s);
  auto after = measure(model, p);
  CHECK(middle.cpu_seconds - before.cpu_seconds == Approx(0.25 * 7));
  CHECK(after.cpu_seconds - before.cpu_seconds == Approx(0.25 * 60));
  CHECK(after.working_set == 50'000'000);
  CHECK(after.periods == 0);  // no limit, no quota
  CHECK(after.at == model.now());
  CHECK(after.started == p.statuses[0].started);
}

TEST_CASE("a limit throttles and is counted in periods") {
  app web{.resources = {{100, 128 * mebi}, {500, {}}}};
  web.use->cpu = 1.0;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  auto before = measure(model, p);
  pass(model, 60s);
  auto after = measure(model, p);
  CHECK(after.cpu_seconds - before.cpu_seconds == Approx(30));
  CHECK(after.periods - before.periods == Approx(600).margin(1));
  CHECK(after.throttled_periods - before.throttled_periods == Approx(600).margin(1));
  CHECK(model.statistics().sums.cpu_throttled == Approx(30).epsilon(0.02));
}

TEST_CASE("a busy node divides its CPU by requests") {
  app small{.name = "small", .resources = {{500, 128 * mebi}, {}}};
  app large{.name = "large", .resources = {{1500, 128 * mebi}, {}}};
  small.use->cpu = large.use->cpu = 4;
  cluster_model model{config(), cluster_of({small.spec(), large.spec()}, 1, 4000)};
  auto s = pods_of(model, "small")[0], l = pods_of(model, "large")[0];
  auto s0 = measure(model, s), l0 = measure(model, l);
  pass(model, 60s);
  CHECK(measure(model, s).cpu_seconds - s0.cpu_seconds == Approx(60));
  CHECK(measure(model, l).cpu_seconds - l0.cpu_seconds == Approx(180));
  CHECK(model.statistics().sums.cpu_contended == Approx(240).epsilon(0.02));
  CHECK(model.statistics().sums.cpu_throttled == 0);
}

TEST_CASE("the pods of a Deployment share its load: scaling out divides it") {
  app web{.replicas = 2, .shared = true};
  web.use->cpu = 1;
  cluster_model model{config(), cluster_of({web.spec()})};
  pass(model, 30s);
  CHECK(model.demand({"test", pods_of(model, "web")[0].meta.name}, "main") == Approx(0.5));
  model.set_workload(web.ref(), [](workload& w) { w.replicas = 4; });
  pass(model, 30s);
  for (auto& p : pods_of(model, "web"))
    CHECK(model.demand({"test", p.meta.name}, "main") == Approx(0.25));
}

TEST_CASE("a container above its memory limit is OOM-killed, restarts and backs off") {
  app web{.resources = {{100, 64 * mebi}, {{}, 100 * mebi}}};
  web.use->memory = 50e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto name = pods_of(model, "web")[0].meta.name;
  auto status = [&] { return model.find_pod({"test", name})->statuses[0]; };
  web.use->memory = 200e6;
  pass(model, 15s);
  REQUIRE(status().last_termination);
  CHECK(status().last_termination->reason == "OOMKilled");
  CHECK(status().last_termination->exit_code == 137);
  CHECK(model.statistics().oom_container_limit == 1);
  CHECK(!model.find_pod({"test", name})->ready);
  pass(model, 10min);
  auto restarts = status().restarts;
  CHECK(restarts >= 4);
  CHECK(restarts <= 8);  // 10, 20, 40, 80, 160, 300 s of back-off
  CHECK(model.statistics_of(web.ref())->oom_kills == model.statistics().oom_container_limit);
  web.use->memory = 50e6;
  pass(model, 6min);
  CHECK(model.find_pod({"test", name})->ready);
  CHECK(status().restarts >= restarts);
}

TEST_CASE("a node that runs out of memory kills the one that is furthest above its request") {
  app modest{.name = "modest", .resources = {{100, 2 * gibi}, {}}};
  app greedy{.name = "greedy", .resources = {{100, 256 * mebi}, {}}};
  app solid{.name = "solid", .resources = {{100, 2 * gibi}, {100, 2 * gibi}}};
  modest.use->memory = 1.5e9;
  solid.use->memory = 1.9e9;
  greedy.use->memory = 300e6;
  cluster_model model{config(),
                      cluster_of({modest.spec(), greedy.spec(), solid.spec()}, 1, 4000, 6 * gibi)};
  CHECK(model.statistics().oom_node_pressure == 0);
  greedy.use->memory = 4e9;
  pass(model, 20s);
  CHECK(model.statistics().oom_node_pressure >= 1);
  CHECK(model.statistics().oom_container_limit == 0);
  CHECK(pods_of(model, "greedy")[0].statuses[0].last_termination->reason == "OOMKilled");
  CHECK(!pods_of(model, "modest")[0].statuses[0].last_termination);
  CHECK(!pods_of(model, "solid")[0].statuses[0].last_termination);
}

TEST_CASE("a leak belongs to the container: a restart begins anew") {
  app web{.resources = {{100, 64 * mebi}, {{}, 256 * mebi}}};
  web.use->memory = 50e6;
  auto spec = web.spec();
  auto profile = std::make_shared<load_profile>(*spec.load);
  profile->containers[0].leak = 100e6;  // an hour
  spec.load = profile;
  cluster_model model{config(), cluster_of({spec})};
  pod_ref ref{"test", pods_of(model, "web")[0].meta.name};
  auto fresh = model.working_set(ref, "main");
  pass(model, 1h);
  CHECK(double(model.working_set(ref, "main") - fresh) == Approx(100e6).epsilon(0.05));
  pass(model, 2h);
  CHECK(model.statistics().oom_container_limit == 1);
  CHECK(model.working_set(ref, "main") < 200'000'000);
}

TEST_CASE("a starting container is not ready, uses boot CPU and takes no load") {
  app web{.resources = {{100, 128 * mebi}, {}}, .shared = true, .start_up = 40s};
  web.use->cpu = 0.5;
  auto spec = web.spec();
  auto profile = std::make_shared<load_profile>(*spec.load);
  profile->containers[0].boot_cpu = 1.5;
  spec.load = profile;
  cluster_model model{config(), cluster_of({spec})};
  model.crash_container({"test", pods_of(model, "web")[0].meta.name}, "main");
  pass(model, 20s);
  auto p = pods_of(model, "web")[0];
  CHECK(!p.ready);
  CHECK(p.statuses[0].restarts == 1);
  CHECK(model.demand({"test", p.meta.name}, "main") == Approx(1.5));
  pass(model, 60s);
  CHECK(pods_of(model, "web")[0].ready);
  CHECK(model.demand({"test", p.meta.name}, "main") == Approx(0.5));
}

TEST_CASE("a metrics outage hides the node for its time") {
  app web;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto node = pods_of(model, "web")[0].node;
  model.metrics_outage(node, 1min);
  CHECK(read_metrics(model.state(), node).error().code == ec::unavailable);
  CHECK(read_metrics(model.state(), "nowhere").error().code == ec::not_found);
  pass(model, 61s);
  CHECK(read_metrics(model.state(), node));
}

TEST_CASE(
  "deletion is graceful: the pod stays with a deletion time until its container has stopped") {
  app web;
  cluster_model model{config(), cluster_of({web.spec()})};
  auto p = pods_of(model, "web")[0];
  delete_pod(model.state(), model.state().store.find(object_kind::pod, "test", p.meta.name)->row);
  model.settle();
  auto* going = model.find_pod({"test", p.meta.name});
  REQUIRE(going);
  CHECK(going->meta.deleted == model.now() + 30s);
  CHECK(!going->ready);
  pass(model, 3s);
  CHECK(!model.find_pod({"test", p.meta.name}));
}

TEST_CASE("the statistics add up what pods requested and used") {
  app web{.replicas = 3, .resources = {{200, 100 * mebi}, {}}};
  web.use->cpu = 0.05;
  web.use->memory = 30e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  pass(model, 10min);
  auto& sums = model.statistics().sums;
  CHECK(sums.cpu_requested == Approx(3 * 0.2 * 600).epsilon(0.03));
  CHECK(sums.cpu_used == Approx(3 * 0.05 * 600).epsilon(0.03));
  CHECK(sums.memory_requested == Approx(3.0 * 100 * mebi * 600).epsilon(0.03));
  CHECK(sums.memory_used == Approx(3 * 30e6 * 600).epsilon(0.03));
  auto* own = model.statistics_of(web.ref());
  REQUIRE(own);
  CHECK(own->sums.cpu_used == Approx(sums.cpu_used));
  CHECK(own->pod_seconds == Approx(3 * 600).epsilon(0.03));
}
