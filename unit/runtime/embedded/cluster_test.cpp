#include "runtime/embedded/cluster.hpp"

#include <catch2/catch.hpp>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "unit/runtime/embedded/small_cluster.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;

namespace {

/// A webhook that answers what the test wants, or not at all.
struct webhook_script {
  std::function<std::optional<admission_response>(const admission_review&)> answer;
  std::vector<admission_review> seen;
};

admissions_actor::behavior_type webhook(admissions_actor::pointer self,
                                        std::shared_ptr<webhook_script> script) {
  return {[](const status_query&) { return component_status{}; },
          [=](const admission_review& review) -> caf::result<admission_response> {
            script->seen.push_back(review);
            if (auto answer = script->answer(review))
              return *answer;
            return self->make_response_promise<admission_response>();  // never kept
          },
          [](const recommendation_made&) {}};
}

struct fixture {
  scaleops::test::world world;
  app web{.replicas = 1};
  std::shared_ptr<cluster_model> model;
  embedded_cluster_actor cluster;
  kube_actor kube;
  std::shared_ptr<webhook_script> script = std::make_shared<webhook_script>();

  fixture() {
    auto cfg = config();
    cfg.start = world.wall();
    model = std::make_shared<cluster_model>(cfg, cluster_of({web.spec()}));
    cluster = world.own(spawn_embedded_cluster(world.sys(), world.anchor(), model));
    kube = cluster;
  }

  void connect(std::function<std::optional<admission_response>(const admission_review&)> answer) {
    script->answer = std::move(answer);
    caf::anon_send(cluster, connect_webhook{world.own(world.sys().spawn(webhook, script))});
    world.settle();
  }

  void scale(int32_t replicas) {
    model->set_workload(web.ref(), [&](workload& w) { w.replicas = replicas; });
    world.run_for(20s);
  }
};

admission_response answer_to(const admission_review& review,
                             std::vector<container_resize> containers) {
  return {review.uid,
          admission_verdict::patched,
          {},
          std::move(containers),
          {{"scaleops.sh/managed", "true"}},
          {}};
}

}  // namespace

TEST_CASE("time passes on the actor clock without anybody asking") {
  fixture f;
  f.world.run_for(10min);
  CHECK(f.model->now() >= f.world.wall() - 15s);
  CHECK(f.model->statistics().sums.cpu_used > 0);
  auto truth = f.world.ask<cluster_statistics>(f.cluster, statistics_query{});
  REQUIRE(truth);
  CHECK(truth->at == f.world.wall());
}

TEST_CASE("the webhook's patch is laid over the new pod") {
  fixture f;
  f.connect([](const admission_review& review) {
    return answer_to(review, {{"main", {{40, 64 * mebi}, {}}}});
  });
  f.scale(2);
  auto pods = pods_of(*f.model, "web");
  REQUIRE(pods.size() == 2);
  REQUIRE(f.script->seen.size() == 1);
  auto& asked = *f.script->seen[0].object;
  CHECK(asked.meta.name.empty());
  CHECK(asked.meta.owners[0].kind == "ReplicaSet");
  CHECK(f.script->seen[0].ns == "test");
  size_t patched = 0;
  for (auto& p : pods)
    if (p.meta.labels.contains("scaleops.sh/managed")) {
      ++patched;
      CHECK(p.containers[0].resources.requests == resources{40, 64 * mebi});
      CHECK(p.statuses[0].actual.requests.cpu == 40);
      CHECK(p.ready);
    }
  CHECK(patched == 1);
  CHECK(f.model->statistics().pods_patched == 1);
}

TEST_CASE("a webhook that does not answer costs two seconds and nothing else") {
  fixture f;
  f.connect([](const admission_review&) { return std::nullopt; });
  f.model->set_workload(f.web.ref(), [&](workload& w) { w.replicas = 2; });
  f.world.run_for(1900ms);
  CHECK(pods_of(*f.model, "web").size() == 1);
  f.world.run_for(200ms);
  CHECK(pods_of(*f.model, "web").size() == 2);
  CHECK(f.model->statistics().webhook_failures == 1);
}

TEST_CASE("a webhook that is down, or answers nonsense, fails open") {
  fixture f;
  f.connect([](const admission_review& review) { return answer_to(review, {{"nobody", {}}}); });
  f.scale(2);
  CHECK(ready_count(*f.model, "web") == 2);
  f.model->set_admission_down(true);
  f.scale(3);
  CHECK(ready_count(*f.model, "web") == 3);
  CHECK(f.script->seen.size() == 1);
  CHECK(f.model->statistics().webhook_failures == 2);
  for (auto& p : pods_of(*f.model, "web"))
    CHECK(!p.meta.labels.contains("scaleops.sh/managed"));
}

TEST_CASE("a patch that makes the pod invalid fails its creation, which is tried again") {
  fixture f;
  bool wrong = true;
  f.connect([&](const admission_review& review) {
    container_resources bad{{500, 64 * mebi}, {100, {}}};
    return answer_to(review, {{"main", wrong ? bad : container_resources{{50, 64 * mebi}, {}}}});
  });
  f.scale(2);
  CHECK(pods_of(*f.model, "web").size() == 1);
  CHECK(f.model->statistics().pods_rejected >= 3);
  wrong = false;
  f.world.run_for(1min);
  CHECK(ready_count(*f.model, "web") == 2);
}

TEST_CASE("a pod created by hand is answered after the webhook") {
  fixture f;
  f.connect([](const admission_review& review) {
    return answer_to(review, {{"main", {{40, 64 * mebi}, {}}}});
  });
  pod bare;
  bare.meta.ns = "test";
  bare.meta.name = "canary";
  container_spec c;
  c.name = "main";
  c.resources.requests = {500, 64 * mebi};
  bare.containers.push_back(c);
  auto made =
    f.world.ask<object_ptr>(f.kube, create_object{std::make_shared<const object>(object{bare})});
  REQUIRE(made);
  CHECK(std::get<pod>(**made).containers[0].resources.requests.cpu == 40);
  CHECK(meta_of(**made).labels.contains("scaleops.sh/managed"));
}

TEST_CASE("faults are answered as told, and a lost answer is still performed") {
  fixture f;
  ec next = ec::server_error;
  f.model->set_api_fault([&](std::string_view verb) { return verb == "patch" ? next : ec::none; });
  object_key key{object_kind::workload, "test", "web", "Deployment"};
  patch_metadata change{key, 0, {{"x", "1"}}, {}, {}};
  CHECK(code_of(f.world.ask<object_ptr>(f.kube, change).error()) == ec::server_error);
  CHECK(!f.model->find_workload(f.web.ref())->meta.labels.contains("x"));
  next = ec::timeout;
  CHECK(code_of(f.world.ask<object_ptr>(f.kube, change).error()) == ec::timeout);
  CHECK(f.model->find_workload(f.web.ref())->meta.labels.contains("x"));
  f.model->set_api_fault(nullptr);
  CHECK(f.world.ask<object_ptr>(f.kube, change));
}

TEST_CASE("a slow API answers late, with what it did at once") {
  fixture f;
  f.model->set_api_delay([](std::string_view verb) { return verb == "get" ? 5s : 0s; });
  auto asked = f.world.now();
  auto found =
    f.world.ask<object_ptr>(f.kube, get_query{{object_kind::namespace_object, {}, "test", {}}});
  REQUIRE(found);
  CHECK(f.world.now() - asked >= 5s);
  CHECK(f.world.now() - asked <= 6s);
}
