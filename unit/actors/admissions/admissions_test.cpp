#include "actors/admissions/admissions.hpp"

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct bench {
  world w;
  fake_kube kube{w};
  admissions_actor aut;

  bench() {
    kube.put(make_namespace("shop"));
    kube.put(make_node("node-1"));
    kube.put(deployment("shop", "web", 3));
    kube.put(replica_set("shop", "web-rs", "web", 3));
  }

  void start() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "admissions-0", 1};
    aut = w.own(spawn_admissions(w.sys(), {}, env));
    w.settle();
  }

  admission_response ask(pod subject) {
    admission_review review{"review-1", "shop", std::make_shared<const pod>(std::move(subject)),
                            false};
    auto answer = w.ask<admission_response>(aut, review);
    REQUIRE(answer);
    return *answer;
  }

  static pod web_pod() {
    return pod_builder{"shop", "web-1"}
      .owned_by("ReplicaSet", "web-rs")
      .container("app", res(500, "1Gi"));
  }

  workload_ref web() const { return {"shop", "Deployment", "web"}; }
};

}  // namespace

TEST_CASE("a granted pod is given its recommendation as soon as the object is seen") {
  bench b;
  b.start();
  CHECK(b.ask(bench::web_pod()).verdict == admission_verdict::not_granted);
  b.kube.put(recommend(b.web(), {want("app", res(200, "300Mi"))}, b.w.wall(), 7));
  b.w.settle();
  auto answer = b.ask(bench::web_pod());
  CHECK(answer.verdict == admission_verdict::patched);
  REQUIRE(answer.containers.size() == 1);
  CHECK(answer.containers[0].resources.requests == res(200, "300Mi"));
  CHECK(answer.labels.at("scaleops.sh/applied-recommendation") == "7");
}

TEST_CASE("a decision told directly is used before its object says so") {
  bench b;
  b.kube.put(recommend(b.web(), {want("app", res(200, "300Mi"))}, b.w.wall(), 7));
  b.start();
  auto fresh = std::make_shared<workload_recommendation>(
    recommend(b.web(), {want("app", res(250, "400Mi"))}, b.w.wall() + 1s, 8).status);
  caf::anon_send(b.aut, recommendation_made{fresh});
  b.w.settle();
  CHECK(b.ask(bench::web_pod()).containers.at(0).resources.requests == res(250, "400Mi"));
}

TEST_CASE("until every watch was listed pods are left alone") {
  bench b;
  b.kube.put(recommend(b.web(), {want("app", res(200, "300Mi"))}, b.w.wall()));
  component_env env{b.kube.handle(), b.w.anchor(), std::make_shared<prometheus::Registry>(),
                    "admissions-0", 1};
  b.aut = b.w.own(spawn_admissions(b.w.sys(), {}, env));
  caf::scoped_actor self{b.w.sys()};
  // The review is in the mailbox before any watcher has answered.
  auto pending = self->request(
    b.aut, caf::infinite,
    admission_review{"r", "shop", std::make_shared<const pod>(bench::web_pod()), false});
  b.w.settle();
  pending.receive(
    [](admission_response& answer) { CHECK(answer.verdict == admission_verdict::not_ready); },
    [](caf::error&) { FAIL("no answer"); });
  auto status = b.w.ask<component_status>(b.aut, status_query{});
  REQUIRE(status);
  CHECK(status->ready);
  CHECK(status->done == 1);
}

TEST_CASE("a watch that stays lost makes the snapshot too old") {
  bench b;
  b.kube.put(recommend(b.web(), {want("app", res(200, "300Mi"))}, b.w.wall()));
  b.start();
  // Workloads can no longer be listed: the fake kube ends each attempt at once.
  for (int i = 0; i < 40; ++i) {
    b.kube.break_watches(object_kind::workload, ec::unavailable);
    b.w.run_for(30s);
    if (i == 5)
      CHECK(b.ask(bench::web_pod()).verdict == admission_verdict::patched);
  }
  CHECK(b.ask(bench::web_pod()).verdict == admission_verdict::not_ready);
}
