#include "actors/agent/agent.hpp"

#include <catch2/catch.hpp>

#include "unit/actors/agent/bench.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

/// One node, one Deployment "web" with two pods, and counters that go up by 250 m and 100 MiB.
struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<heard_by_recommender> heard = std::make_shared<heard_by_recommender>();
  agent_actor aut;

  fixture() {
    kube.put(make_namespace("shop"));
    kube.put(make_namespace("scaleops-system"));
    kube.put(make_node("node-1"));
    kube.put(spec_of(deployment("shop", "web", 2)));
    kube.put(spec_of(replica_set("shop", "web-rs", "web", 2)));
    kube.put(pod(web_pod("web-1")));
    kube.put(pod(web_pod("web-2")));
    measure();
  }
  static workload spec_of(workload w) {
    container_spec app;
    app.name = "app";
    app.resources = {res(500, "1Gi"), res(std::nullopt, "1Gi")};
    w.containers = {app};
    return w;
  }
  static pod_builder web_pod(std::string name) {
    pod_builder b{"shop", std::move(name)};
    b.owned_by("ReplicaSet", "web-rs").container("app", res(500, "1Gi"), res(std::nullopt, "1Gi"));
    return b;
  }
  void measure() {
    auto metrics = std::make_shared<node_metrics>();
    metrics->node = "node-1";
    for (auto& [key, value] : kube.data().objects)
      if (key.kind == object_kind::pod) {
        container_metrics one;
        one.pod = value;
        one.container = "app";
        one.at = w.wall();
        one.started = w.anchor().wall;
        one.cpu_seconds = 0.25 * std::chrono::duration<double>(w.wall() - one.started).count();
        one.working_set = mem("100Mi");
        metrics->containers.push_back(one);
      }
    kube.data().metrics["node-1"] = metrics;
  }
  void start() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "agent-0", 1};
    auto recommender = w.own(w.sys().spawn(recording_recommender, heard));
    aut = w.own(spawn_agent(w.sys(), {}, env, recommender));
    w.settle();
  }
  /// Lets time pass while the counters go up.
  void run(std::chrono::seconds span) {
    for (; span > 0s; span -= 5s) {
      measure();
      kube.bookmark();
      w.run_for(5s);
    }
  }
  void kill(const std::string& name) {
    auto victim = *kube.find<pod>({object_kind::pod, "shop", name, {}});
    victim.statuses[0].restarts = 1;
    victim.statuses[0].last_termination = termination{"OOMKilled", 137, w.wall() - 60s, w.wall()};
    kube.put(victim);
    w.settle();
  }
};

}  // namespace

TEST_CASE_METHOD(fixture, "the agent tells the recommender of every workload once it leads") {
  start();
  run(10s);
  REQUIRE_FALSE(heard->seen.empty());
  auto& facts = *heard->seen.back();
  CHECK(facts.ref == workload_ref{"shop", "Deployment", "web"});
  CHECK(facts.replicas == 2);
  REQUIRE(facts.running.size() == 1);
  CHECK(facts.running[0].requests == res(500, "1Gi"));
  auto status = w.ask<component_status>(aut, status_query{});
  REQUIRE(status);
  CHECK(status->ready);
  CHECK(status->detail == "1 workloads, 2 pods, 1 nodes, leading");
}

TEST_CASE_METHOD(fixture, "usage comes as rates of the containers' counters") {
  start();
  run(2min);
  REQUIRE(heard->samples() > 0);
  size_t with_cpu = 0;
  std::set<uint32_t> pods;
  for (auto& batch : heard->batches)
    for (auto& part : *batch.usage)
      for (auto& sample : part.samples) {
        CHECK(sample.sample.memory == mem("100Mi"));
        pods.insert(sample.pod);
        if (!sample.sample.has_cpu)
          continue;  // the first scrape knows no rate
        ++with_cpu;
        CHECK(sample.sample.cpu == Approx(250).epsilon(0.01));
      }
  CHECK(with_cpu >= 8);  // two pods, each 15 s
  CHECK(pods.size() == 2);
}

TEST_CASE_METHOD(fixture, "an OOM kill passes at once, with the limit that was hit") {
  start();
  run(1min);
  auto batches = heard->batches.size();
  kill("web-1");
  REQUIRE(heard->batches.size() == batches + 1);  // no time has passed
  auto kills = heard->kills();
  REQUIRE(kills.size() == 1);
  CHECK(kills[0].container == "app");
  CHECK(kills[0].pod == pod_ref{"shop", "web-1"});
  CHECK(kills[0].kill.memory_limit == mem("1Gi"));
  CHECK(kills[0].kill.memory_request == mem("1Gi"));
  CHECK(kills[0].kill.memory_peak == mem("100Mi"));
  // A use far below the limit speaks for the node, not for the container.
  CHECK(kills[0].kill.cause == kill_cause::node_pressure);
  run(1min);
  CHECK(heard->kills().size() == 1);
}

TEST_CASE_METHOD(fixture, "while another agent holds the lease this one says nothing") {
  lease held;
  held.meta.ns = "scaleops-system";
  held.meta.name = "scaleops-agent";
  held.holder = "agent-1";
  held.renewed = w.wall() + 24h;
  kube.put(held);
  start();
  for (int i = 0; i < 12; ++i) {
    kube.put(held);  // renewed by the other
    run(5s);
  }
  CHECK(heard->seen.empty());
  CHECK(heard->batches.empty());
  CHECK(kube.data().measured.empty());
  // The other falls silent: its lease runs out, and all that is known is told.
  run(1min);
  CHECK_FALSE(heard->seen.empty());
  CHECK(heard->samples() > 0);
}

TEST_CASE_METHOD(fixture,
                 "a workload that is deleted is told to be gone, its pods are not scraped") {
  start();
  run(1min);
  for (auto name : {"web-1", "web-2"})
    kube.remove({object_kind::pod, "shop", name, {}});
  kube.remove({object_kind::workload, "shop", "web-rs", "ReplicaSet"});
  kube.remove({object_kind::workload, "shop", "web", "Deployment"});
  w.settle();
  CHECK(heard->gone == std::vector<workload_ref>{{"shop", "Deployment", "web"}});
  run(30s);
  auto before = heard->samples();
  run(1min);
  CHECK(heard->samples() == before);
}

TEST_CASE_METHOD(fixture, "a node that does not answer costs its samples and nothing else") {
  start();
  run(1min);
  auto before = heard->samples();
  for (int i = 0; i < 12; ++i) {
    kube.data().metrics.clear();
    kube.bookmark();
    w.run_for(5s);
  }
  auto meanwhile = heard->samples();
  CHECK(meanwhile <= before + 4);  // what was collected already
  run(1min);
  CHECK(heard->samples() >= meanwhile + 4);
}
