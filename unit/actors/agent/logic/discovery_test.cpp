#include "actors/agent/logic/discovery.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;

namespace {

template <class T>
watch_event told(T value, watch_event::type what = watch_event::type::added) {
  return {what, std::make_shared<const object>(std::move(value)), 1};
}

workload owner(const std::string& kind, const std::string& name,
               const std::string& parent_kind = {}, const std::string& parent = {}) {
  workload value;
  value.kind = kind;
  value.meta.ns = "shop";
  value.meta.name = name;
  value.meta.uid = kind + name;
  value.replicas = 2;
  container_spec container;
  container.name = "app";
  value.containers.push_back(container);
  if (!parent.empty())
    value.meta.owners.push_back({parent_kind, parent, {}, true});
  return value;
}

pod running(const std::string& name, const std::string& owner_kind, const std::string& owner_name,
            int64_t cpu = 100) {
  pod value;
  value.meta.ns = "shop";
  value.meta.name = name;
  value.meta.uid = "uid-" + name;
  value.node = "n1";
  value.phase = pod_phase::running;
  if (!owner_kind.empty())
    value.meta.owners.push_back({owner_kind, owner_name, {}, true});
  container_spec container;
  container.name = "app";
  container.resources.requests.cpu = cpu;
  container.resources.limits.memory = 1000;
  value.containers.push_back(container);
  value.statuses.push_back({"app", true, 0, {}, {}, {}, {}});
  return value;
}

const workload_ref web{"shop", "Deployment", "web"};

}  // namespace

TEST_CASE("a pod belongs to the top of its owner chain, whatever the order of the news") {
  discovery found;
  discoveries out;
  found.on_pod(told(running("web-1", "ReplicaSet", "web-abc")), out);
  CHECK(out.empty());
  CHECK(found.unresolved() == 1);
  found.on_workload(told(owner("Deployment", "web")), out);
  found.on_workload(told(owner("ReplicaSet", "web-abc", "Deployment", "web")), out);
  REQUIRE(out.placed.size() == 1);
  CHECK(out.placed[0].workload == web);
  REQUIRE(out.seen.size() == 1);
  CHECK(out.seen[0]->ref == web);
  CHECK(out.seen[0]->replicas == 2);
  CHECK(found.unresolved() == 0);
}

TEST_CASE("a bare pod is a workload of its own and goes with its pod") {
  discovery found;
  discoveries out;
  found.on_pod(told(running("lonely", "", "")), out);
  REQUIRE(out.seen.size() == 1);
  CHECK(out.seen[0]->ref == workload_ref{"shop", "Pod", "lonely"});
  discoveries later;
  found.on_pod(told(running("lonely", "", ""), watch_event::type::deleted), later);
  CHECK(later.removed == std::vector<std::string>{"uid-lonely"});
  CHECK(later.gone == std::vector<workload_ref>{{"shop", "Pod", "lonely"}});
}

TEST_CASE("resources in force are the largest over the live pods and a resize tells them anew") {
  discovery found;
  discoveries out;
  found.on_workload(told(owner("StatefulSet", "db")), out);
  found.on_pod(told(running("db-0", "StatefulSet", "db", 100)), out);
  found.on_pod(told(running("db-1", "StatefulSet", "db", 300)), out);
  CHECK(out.seen.back()->running[0].requests.cpu == 300);
  discoveries resized;
  found.on_pod(told(running("db-1", "StatefulSet", "db", 50), watch_event::type::modified),
               resized);
  REQUIRE(resized.seen.size() == 1);
  CHECK(resized.seen[0]->running[0].requests.cpu == 100);
  discoveries nothing;
  found.on_pod(told(running("db-1", "StatefulSet", "db", 50), watch_event::type::modified),
               nothing);
  CHECK(nothing.empty());
}

TEST_CASE("an OOM kill is told once, with the limit that was hit") {
  discovery found;
  discoveries out;
  found.on_workload(told(owner("StatefulSet", "db")), out);
  found.on_pod(told(running("db-0", "StatefulSet", "db")), out);
  auto killed = running("db-0", "StatefulSet", "db");
  killed.statuses[0].restarts = 1;
  killed.statuses[0].last_termination = termination{
    "OOMKilled", 137, instant{std::chrono::seconds{5}}, instant{std::chrono::seconds{9}}};
  discoveries kill;
  found.on_pod(told(killed, watch_event::type::modified), kill);
  REQUIRE(kill.kills.size() == 1);
  CHECK(kill.kills[0].workload == workload_ref{"shop", "StatefulSet", "db"});
  CHECK(kill.kills[0].kill.kill.memory_limit == 1000);
  CHECK(kill.kills[0].kill.kill.at == instant{std::chrono::seconds{9}});
  discoveries again;
  found.on_pod(told(killed, watch_event::type::modified), again);
  CHECK(again.kills.empty());
}

TEST_CASE("a grouping gathers pods by label and lets them go when it is deleted") {
  discovery found;
  discoveries out;
  auto job = running("task-1", "", "");
  job.meta.labels["run"] = "nightly";
  found.on_pod(told(job), out);
  custom_owner_grouping grouping;
  grouping.meta.name = "runs";
  grouping.label = "run";
  discoveries grouped;
  found.on_grouping(told(grouping), grouped);
  REQUIRE(grouped.placed.size() == 1);
  CHECK(grouped.placed[0].workload == workload_ref{"shop", "Group", "nightly"});
  CHECK(grouped.gone == std::vector<workload_ref>{{"shop", "Pod", "task-1"}});
  discoveries back;
  found.on_grouping(told(grouping, watch_event::type::deleted), back);
  REQUIRE(back.placed.size() == 1);
  CHECK(back.placed[0].workload.kind == "Pod");
}

TEST_CASE("a deleted workload whose pods are gone is told as gone; its last pod decides") {
  discovery found;
  discoveries out;
  found.on_workload(told(owner("StatefulSet", "db")), out);
  found.on_pod(told(running("db-0", "StatefulSet", "db")), out);
  discoveries first;
  found.on_workload(told(owner("StatefulSet", "db"), watch_event::type::deleted), first);
  CHECK(first.gone.empty());
  discoveries last;
  found.on_pod(told(running("db-0", "StatefulSet", "db"), watch_event::type::deleted), last);
  CHECK(last.gone == std::vector<workload_ref>{{"shop", "StatefulSet", "db"}});
  CHECK(found.workloads() == 0);
}
