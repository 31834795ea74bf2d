// A small cluster for tests of the planner: one node, one granted Deployment of four pods, an open
// gate. Tests bend it and ask what would be done.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "actors/updater/logic/followed_cluster.hpp"
#include "actors/updater/logic/planner.hpp"
#include "unit/support/build.hpp"

namespace scaleops::test {

using namespace std::chrono_literals;

inline const instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h};
inline const workload_ref web_ref{"shop", "Deployment", "web"};

/// A cluster of one node and a Deployment "web" of four pods with 500m and 1Gi, granted, gate open.
struct plan_table {
  followed_cluster cluster;
  updater_memory memory;
  updater_rules rules;
  zone_offset zones = utc_only;
  gate_state gate{true, true, true, refusal::none, {}};
  policy_spec policy;
  instant now = t0;
  instant started = t0 - 1h;  // the updater
  std::vector<container_recommendation> wishes;
  bool granted = true;

  plan_table() {
    put(make_namespace("shop"));
    put(make_node("node-1"));
    put(replica_set("shop", "web-rs", "web", 4));
    put(deployment("shop", "web", 4));
    for (auto name : {"web-1", "web-2", "web-3", "web-4"})
      put(pod(web(name)));
    cluster.complete();
    for (auto name : {"web-1", "web-2", "web-3", "web-4"})
      use(name, "100Mi");
  }

  static pod_builder web(std::string name) {
    pod_builder b{"shop", std::move(name)};
    b.owned_by("ReplicaSet", "web-rs")
      .container("app", res(500, "1Gi"), res(1000, "2Gi"))
      .label("app", "web");
    return b;
  }

  void put(object value) {
    cluster.apply(
      {watch_event::type::modified, std::make_shared<const object>(std::move(value)), 1});
  }
  void drop(std::string name) {
    auto gone = cluster.view.pods.find("shop", name);
    cluster.apply({watch_event::type::deleted, std::make_shared<const object>(*gone), 1});
  }
  /// Only web-1 is left.
  void alone() {
    for (auto name : {"web-2", "web-3", "web-4"})
      drop(name);
    put(deployment("shop", "web", 1));
  }
  void use(std::string name, std::string_view memory_used) {
    memory.usage[{"shop", std::move(name)}] = {{{"app", mem(memory_used)}}, now};
  }

  update_plan plan() {
    auto wish = recommend(web_ref, wishes, now, 9);
    wish.status.policy = "custom";
    if (!granted)
      wish.automation.reset();
    put(wish);
    scaleops::policy custom;
    custom.meta.ns = "scaleops-system";
    custom.meta.name = "custom";
    custom.spec = policy;
    put(custom);
    plan_inputs in{cluster.view, cluster.index, cluster.board, memory, rules,
                   zones,        gate,          started,       now};
    token_bucket resizes{rules.resizes_per_minute, now},
      disruptions{rules.disruptions_per_minute, now};
    return make_plan(in, {web_ref}, resizes, disruptions);
  }

  /// The one reason for which nothing is done at all.
  refusal only_refusal() {
    auto result = plan();
    CHECK(result.actions.empty());
    REQUIRE(result.held.size() == 1);
    return result.held.begin()->first;
  }
};

inline container_recommendation shrink() {
  return want("app", res(200, "300Mi"), res(400, "600Mi"));
}
inline container_recommendation growth(bool urgent = false) {
  auto wish = want("app", res(1000, "2Gi"), res(2000, "4Gi"));
  wish.urgent = urgent;
  return wish;
}
/// More than the node has free, but not more than it has.
inline container_recommendation too_much_for_now() {
  auto wish = want("app", res(15'000), res(15'000));
  wish.urgent = true;
  return wish;
}

inline bool held(const update_plan& plan, refusal why) {
  return plan.held.contains(why);
}

}  // namespace scaleops::test
