#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;

namespace {

/// Steps in small steps and calls `look` after each.
template <class Look>
void watch_while(cluster_model& model, milliseconds span, Look&& look) {
  for (auto end = model.now() + span; model.now() < end;) {
    pass(model, 100ms);
    look();
  }
}

size_t replica_sets(const cluster_model& model) {
  size_t count = 0;
  model.state().store.each(object_kind::workload, "test",
                           [&](handle e) { count += e->as<workload>().kind == "ReplicaSet"; });
  return count;
}

}  // namespace

TEST_CASE("a Deployment has as many ready pods as it wants, whatever happens to them") {
  app web{.replicas = 5};
  cluster_model model{config(), cluster_of({web.spec()})};
  CHECK(ready_count(model, "web") == 5);
  auto victim = pods_of(model, "web")[2];
  auto at = model.state().store.find(object_kind::pod, "test", victim.meta.name);
  delete_pod(model.state(), at->row);
  model.settle();
  pass(model, 10s);
  CHECK(ready_count(model, "web") == 5);
  CHECK(model.find_pod({"test", victim.meta.name}) == nullptr);
  model.set_workload(web.ref(), [](workload& w) { w.replicas = 2; });
  pass(model, 10s);
  CHECK(pods_of(model, "web", true).size() == 2);
  CHECK(model.find_workload(web.ref())->ready_replicas == 2);
}

TEST_CASE("a rolling update keeps its bounds all along") {
  app web{.replicas = 8};
  auto spec = web.spec();
  spec.object.max_surge = 2;
  spec.object.max_unavailable = 1;
  cluster_model model{config(), cluster_of({spec})};
  auto old_revision = model.find_workload(web.ref())->revision;
  model.set_workload(web.ref(), [](workload& w) { w.containers[0].image = "web:2"; });
  CHECK(model.find_workload(web.ref())->rolling_out());
  watch_while(model, 60s, [&] {
    CHECK(ready_count(model, "web") >= 7);
    CHECK(pods_of(model, "web").size() <= 10);
  });
  auto* now = model.find_workload(web.ref());
  CHECK(!now->rolling_out());
  CHECK(now->revision != old_revision);
  CHECK(now->updated_replicas == 8);
  for (auto& p : pods_of(model, "web"))
    CHECK(p.containers[0].image == "web:2");
}

TEST_CASE(
  "a Deployment keeps few old ReplicaSets and takes one up again when the template returns") {
  app web{.replicas = 2};
  cluster_model model{config(), cluster_of({web.spec()})};
  auto first = model.find_workload(web.ref())->revision;
  for (int i = 2; i < 8; ++i) {
    model.set_workload(web.ref(),
                       [&](workload& w) { w.containers[0].image = "web:" + std::to_string(i); });
    pass(model, 30s);
  }
  CHECK(replica_sets(model) == 3);
  model.set_workload(web.ref(), [&](workload& w) { w.containers[0].image = "web:1"; });
  pass(model, 30s);
  CHECK(model.find_workload(web.ref())->revision == first);
  CHECK(!model.find_workload(web.ref())->rolling_out());
}

TEST_CASE("a paused Deployment scales but does not roll out") {
  app web{.replicas = 3};
  cluster_model model{config(), cluster_of({web.spec()})};
  model.set_workload(web.ref(), [](workload& w) {
    w.paused = true;
    w.replicas = 5;
    w.containers[0].image = "web:2";
  });
  pass(model, 30s);
  auto pods = pods_of(model, "web");
  CHECK(pods.size() == 5);
  for (auto& p : pods)
    CHECK(p.containers[0].image == "web:1");
  model.set_workload(web.ref(), [](workload& w) { w.paused = false; });
  pass(model, 30s);
  CHECK(pods_of(model, "web")[0].containers[0].image == "web:2");
}

TEST_CASE("minReadySeconds slows a rollout down") {
  app web{.replicas = 3};
  auto spec = web.spec();
  spec.object.min_ready = 60s;
  spec.object.max_surge = 1;
  spec.object.max_unavailable = 0;
  cluster_model model{config(), cluster_of({spec})};
  model.set_workload(web.ref(), [](workload& w) { w.containers[0].image = "web:2"; });
  pass(model, 100s);
  CHECK(model.find_workload(web.ref())->rolling_out());
  pass(model, 200s);
  CHECK(!model.find_workload(web.ref())->rolling_out());
}

TEST_CASE("a StatefulSet makes its pods in order and renews them from the last") {
  app db{.kind = "StatefulSet", .name = "db", .replicas = 3};
  auto cfg = config();
  cfg.settle = 0s;
  cluster_model model{cfg, cluster_of({db.spec()})};
  std::vector<std::string> order;
  watch_while(model, 30s, [&] {
    for (auto& p : pods_of(model, "db"))
      if (std::find(order.begin(), order.end(), p.meta.name) == order.end()) {
        CHECK(ready_count(model, "db") == order.size());  // all before it are ready
        order.push_back(p.meta.name);
      }
  });
  CHECK(order == std::vector<std::string>{"db-0", "db-1", "db-2"});

  std::vector<std::string> renewed;
  std::map<std::string, std::string> uids;
  for (auto& p : pods_of(model, "db"))
    uids[p.meta.name] = p.meta.uid;
  model.set_workload(db.ref(), [](workload& w) { w.containers[0].image = "db:2"; });
  watch_while(model, 60s, [&] {
    CHECK(ready_count(model, "db") >= 2);
    for (auto& p : pods_of(model, "db"))
      if (uids[p.meta.name] != p.meta.uid) {
        uids[p.meta.name] = p.meta.uid;
        renewed.push_back(p.meta.name);
      }
  });
  CHECK(renewed == std::vector<std::string>{"db-2", "db-1", "db-0"});
  CHECK(!model.find_workload(db.ref())->rolling_out());
  model.set_workload(db.ref(), [](workload& w) { w.replicas = 1; });
  pass(model, 30s);
  REQUIRE(pods_of(model, "db", true).size() == 1);
  CHECK(pods_of(model, "db")[0].meta.name == "db-0");
}

TEST_CASE("a DaemonSet has one pod on every node, cordoned and new ones included") {
  app agent{.kind = "DaemonSet", .name = "agent"};
  cluster_model model{config(), cluster_of({agent.spec()}, 3)};
  auto nodes = [&] {
    std::set<std::string> out;
    for (auto& p : pods_of(model, "agent"))
      out.insert(p.node);
    return out;
  };
  CHECK(nodes() == std::set<std::string>{"node-1", "node-2", "node-3"});
  model.cordon("node-1");
  model.add_node(make_node("node-4", 4000, 16 * gibi));
  pass(model, 10s);
  CHECK(nodes().size() == 4);
  CHECK(model.find_workload(agent.ref())->replicas == 4);
  model.set_workload(agent.ref(), [](workload& w) { w.containers[0].image = "agent:2"; });
  watch_while(model, 60s, [&] { CHECK(ready_count(model, "agent") >= 3); });
  CHECK(model.find_workload(agent.ref())->updated_replicas == 4);
  model.remove_node("node-2");
  pass(model, 10s);
  CHECK(pods_of(model, "agent").size() == 3);
}

TEST_CASE("a Job runs its pods to their end once") {
  app job{.kind = "Job", .name = "job", .replicas = 3, .run_for = 60s};
  auto cfg = config();
  cfg.settle = 0s;
  cluster_model model{cfg, cluster_of({job.spec()})};
  pass(model, 30s);
  CHECK(ready_count(model, "job") == 3);
  pass(model, 60s);
  auto pods = pods_of(model, "job");
  REQUIRE(pods.size() == 3);
  for (auto& p : pods) {
    CHECK(p.phase == pod_phase::succeeded);
    CHECK(p.statuses[0].last_termination->reason == "Completed");
  }
  pass(model, 10min);
  CHECK(pods_of(model, "job").size() == 3);
}

TEST_CASE("a Job whose pods are killed gives up after six") {
  app job{.kind = "Job",
          .name = "job",
          .resources = {{100, 64 * mebi}, {{}, 64 * mebi}},
          .run_for = 10min};
  job.use->memory = 100e6;
  cluster_model model{config(), cluster_of({job.spec()})};
  pass(model, 1h);
  auto pods = pods_of(model, "job");
  CHECK(pods.size() == 7);
  for (auto& p : pods)
    CHECK(p.phase == pod_phase::failed);
}

TEST_CASE("a CronJob starts a Job each period, never two at once, and keeps the last few") {
  app cron{.kind = "CronJob", .name = "cron", .run_for = 5min};
  auto spec = cron.spec();
  spec.object.schedule_every = 10min;
  cluster_model model{config(), cluster_of({spec})};
  pass(model, 2h);
  size_t jobs = 0, running = 0;
  model.state().store.each(object_kind::workload, "test",
                           [&](handle e) { jobs += e->as<workload>().kind == "Job"; });
  for (auto& p : pods_of(model, "cron")) {
    running += p.phase == pod_phase::running;
    CHECK(model.workload_of(p) == cron.ref());
  }
  CHECK(jobs >= 3);
  CHECK(jobs <= 4);
  CHECK(running <= 1);
  CHECK(model.statistics().pods_created >= 11);
}

TEST_CASE("a deleted owner takes its ReplicaSets, pods and Recommendations with it") {
  app web{.replicas = 3};
  cluster_model model{config(), cluster_of({web.spec()})};
  recommendation note;
  note.meta.ns = "test";
  note.meta.name = "deployment-web";
  note.meta.owners.push_back(
    {"Deployment", "web", model.find_workload(web.ref())->meta.uid, false});
  add_object(model.state(), object{note});
  REQUIRE(remove(model.state(), {{object_kind::workload, "test", "web", "Deployment"}, {}}));
  model.settle();
  pass(model, 10s);
  CHECK(pods_of(model, "web", true).empty());
  CHECK(replica_sets(model) == 0);
  CHECK(model.state().store.find(object_kind::recommendation, "test", "deployment-web") == nullptr);
}
