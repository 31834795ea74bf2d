#include "runtime/embedded/model.hpp"

#include <catch2/catch.hpp>

#include <map>

#include "runtime/embedded/trace_series.hpp"
#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;

TEST_CASE("the demo cluster is up when it begins to be observed") {
  auto spec = make_demo(1);
  CHECK(spec.workloads.size() >= 55);
  CHECK(spec.nodes.size() == 12);
  cluster_model model{config(), std::move(spec)};
  size_t pods = 0, ready = 0;
  model.each_pod([&](const pod& p) {
    ++pods;
    ready += p.ready;
  });
  CHECK(pods >= 450);
  CHECK(pods <= 550);
  CHECK(ready >= pods * 95 / 100);  // jobs begin on the hour
  CHECK(model.state().pending.empty());
}

TEST_CASE("a day of the demo uses less than is requested, and some of it goes wrong") {
  cluster_model model{config(), make_demo(1)};
  pass(model, 24h);
  auto& truth = model.statistics();
  CHECK(truth.sums.cpu_used < 0.5 * truth.sums.cpu_requested);
  CHECK(truth.sums.cpu_used > 0.05 * truth.sums.cpu_requested);
  CHECK(truth.sums.memory_used < 0.8 * truth.sums.memory_requested);
  CHECK(truth.sums.cpu_requested < truth.cpu_allocatable);
  CHECK(truth.oom_container_limit > 0);
  CHECK(truth.oom_container_limit < 100);
  CHECK(truth.oom_node_pressure == 0);
  CHECK(truth.scale_changes > 0);
}

TEST_CASE("the same seed gives the same history, another seed another one") {
  std::map<uint64_t, uint64_t> digests;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    uint64_t runs[2];
    for (auto& digest : runs) {
      cluster_model model{config(seed), make_demo(seed)};
      pass(model, 1h);
      digest = model.digest();
    }
    CHECK(runs[0] == runs[1]);
    ++digests[runs[0]];
  }
  CHECK(digests.size() == 5);
}

TEST_CASE("the history does not depend on how often the model is asked to advance") {
  cluster_model leap{config(), make_demo(3)}, steps{config(), make_demo(3)};
  pass(leap, 10min);
  for (int i = 0; i < 6000; ++i)
    pass(steps, 100ms);
  CHECK(leap.digest() == steps.digest());
}

TEST_CASE("a series becomes a workload that requests twice its 99th percentile") {
  trace_series series{"Job 17/a", {}};
  for (int i = 0; i < 1000; ++i)
    series.points.push_back({i * 300, i % 100 == 0 ? 2.0 : 1.0, 1e9});
  trace_series cpu_only{"", {{0, 0.5, -1}, {300, 0.5, -1}}};
  cluster_model model{config(), make_trace_cluster({series, cpu_only}, {monday(), 2.0, 1.0, 1})};
  auto* job = model.find_workload({"traces", "Deployment", "job-17-a"});
  REQUIRE(job);
  CHECK(job->containers[0].resources.requests.cpu == 4000);
  CHECK(*job->containers[0].resources.requests.memory == Approx(2e9).epsilon(0.01));
  CHECK(job->containers[0].resources.limits.memory == job->containers[0].resources.requests.memory);
  CHECK(job->ready_replicas == 1);
  CHECK(model.find_workload({"traces", "Deployment", "series-1"})->ready_replicas == 1);
  pass(model, 20min);
  auto p = pods_of(model, "job-17-a");
  REQUIRE(p.size() == 1);
  CHECK(model.demand({"traces", p[0].meta.name}, "main") == 1.0);
  CHECK(model.working_set({"traces", p[0].meta.name}, "main") == 1'000'000'000);
}

TEST_CASE("a file that is no trace is refused by name") {
  auto result = read_trace_series({"no/such/file.csv"});
  REQUIRE(std::holds_alternative<trace_error>(result));
  CHECK(std::get<trace_error>(result).to_string().find("no/such/file.csv") != std::string::npos);
}

TEST_CASE("a scale cluster has as many workloads and containers as asked for, all running") {
  cluster_model model{config(), make_scale(1, 50, 500)};
  size_t ready = 0, containers = 0;
  model.each_pod([&](const pod& p) {
    ready += p.ready;
    containers += p.containers.size();
  });
  CHECK(containers == 500);
  CHECK(ready == 250);
}

TEST_CASE("events are counted, not repeated, and go after their time") {
  app web{.resources = {{100, 64 * mebi}, {{}, 64 * mebi}}};
  web.use->memory = 200e6;
  cluster_model model{config(), cluster_of({web.spec()})};
  pass(model, 10min);
  int32_t kills = 0;
  size_t objects = 0;
  model.state().store.each(object_kind::event, "test", [&](handle e) {
    auto& value = e->as<event>();
    if (value.reason == "OOMKilling") {
      ++objects;
      kills = value.count;
      CHECK(value.kind == "Pod");
      CHECK(value.warning);
    }
  });
  CHECK(objects == 1);
  CHECK(kills > 3);
  web.use->memory = 20e6;
  pass(model, 2h);
  CHECK(model.state().store.size(object_kind::event) == 0);
}
