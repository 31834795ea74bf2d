#include "actors/updater/logic/pod_planner.hpp"

#include <functional>

#include <catch2/catch.hpp>

#include "unit/actors/updater/logic/plan_table.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

TEST_CASE("a container that restarts for a resize is a disruption") {
  plan_table t;
  t.wishes = {want("app", res({}, "2Gi"), res({}, "4Gi"))};
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    pod p = plan_table::web(name);
    p.containers[0].resize_memory = resize_policy::restart_container;
    t.put(p);
  }
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].disruptive);
  CHECK(held(plan, refusal::cool_down));
  t.policy.increase = t.policy.decrease = update_mode::in_place;
  CHECK(t.only_refusal() == refusal::mode);
}

TEST_CASE("what restarts nothing does not wait for what does") {
  plan_table t;
  t.wishes = {growth()};
  t.policy.increase = t.policy.decrease = update_mode::in_place;
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    pod p = plan_table::web(name);
    p.containers[0].resize_memory = resize_policy::restart_container;
    t.put(p);
  }
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK_FALSE(plan.actions[0].disruptive);
  REQUIRE(plan.actions[0].containers.size() == 1);
  auto& after = plan.actions[0].containers[0].resources;
  CHECK(after.requests == res(1000, "1Gi"));
  CHECK(plan.unsettled.contains(plan.actions[0].workload));
}

TEST_CASE("evictions come where a resize cannot, and only then") {
  plan_table t;
  t.wishes = {growth(true)};
  // The node refused this size for good.
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    auto& remembered = t.memory.pods["uid-shop-" + std::string(name)];
    remembered.infeasible = {{"app", {res(1000, "2Gi"), res(2000, "4Gi")}}};
    remembered.infeasible_node = "node-1";
  }
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].action == update_action::evict);
  CHECK(plan.blocked.size() == 4);
  // Another size or another node is tried in place again.
  t.wishes = {want("app", res(1000, "1800Mi"), res(2000, "4Gi"))};
  t.wishes[0].urgent = true;
  CHECK(t.plan().actions.at(0).action == update_action::resize);
}

TEST_CASE("an eviction is refused, and why") {
  struct row {
    const char* name;
    refusal expected;
    std::function<void(plan_table&)> prepare;
  };
  auto rows = std::vector<row>{
    {"in place only", refusal::infeasible,
     [](plan_table& t) { t.policy.increase = t.policy.decrease = update_mode::in_place; }},
    {"gate shut", refusal::gate_closed,
     [](plan_table& t) {
       t.gate = {false, false, true, refusal::gate_closed, "red"};
     }},
    {"asks for peace", refusal::do_not_disrupt,
     [](plan_table& t) {
       for (auto name : {"web-1", "web-2", "web-3", "web-4"})
         t.put(pod(plan_table::web(name).annotation(labels::do_not_disrupt, "true")));
     }},
    {"the only replica", refusal::single_replica, [](plan_table& t) { t.alone(); }},
    {"nobody brings it back", refusal::single_replica,
     [](plan_table& t) {
       cluster_view& view = t.cluster.view;
       view.workloads.apply({watch_event::type::deleted,
                             std::make_shared<const object>(deployment("shop", "web", 4)), 1});
     }},
    {"rollout", refusal::rollout_in_progress,
     [](plan_table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.updated_replicas = 1;
       t.put(owner);
     }},
    {"rollout paused", refusal::rollout_in_progress,
     [](plan_table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.paused = true;
       t.put(owner);
     }},
    {"not all ready", refusal::not_ready,
     [](plan_table& t) {
       auto owner = deployment("shop", "web", 5);
       owner.updated_replicas = owner.current_replicas = 5;
       t.put(owner);
     }},
    {"just disturbed", refusal::cool_down,
     [](plan_table& t) { t.memory.workloads[web_ref].last_disruption = t0 - 9min; }},
    {"the budget says no", refusal::disruption_budget,
     [](plan_table& t) {
       pod_disruption_budget b;
       b.meta.ns = "shop";
       b.selector.match_labels = {{"app", "web"}};
       t.put(b);
     }},
    {"no node has room for it", refusal::node_room,
     [](plan_table& t) {
       t.wishes = {want("app", res(17'000), res(17'000))};
       t.wishes[0].urgent = true;
     }},
  };
  for (auto& one : rows) {
    INFO(one.name);
    plan_table t;
    t.rules.in_place = false;  // an old cluster: everything goes by eviction
    t.wishes = {growth(true)};
    one.prepare(t);
    CHECK(to_string(t.only_refusal()) == to_string(one.expected));
  }
}

TEST_CASE("a lone replica is evicted only where the policy says so") {
  plan_table t;
  t.rules.in_place = false;
  t.alone();
  t.wishes = {growth()};
  CHECK(t.only_refusal() == refusal::single_replica);
  t.policy.disturb_single_replica = true;
  CHECK(t.plan().actions.size() == 1);
}

TEST_CASE("one pod of a workload is away at a time, two of twenty") {
  auto away = [](int32_t replicas) {
    plan_table t;
    t.rules.in_place = false;
    t.wishes = {growth()};
    t.put(deployment("shop", "web", replicas));
    for (int i = 5; i <= replicas; ++i)
      t.put(pod(plan_table::web("web-" + std::to_string(i))));
    return t.plan().actions.size();
  };
  CHECK(away(4) == 1);
  CHECK(away(10) == 1);
  CHECK(away(20) == 2);
}

TEST_CASE("nobody is evicted while another pod of the workload is on its way") {
  plan_table t;
  t.rules.in_place = false;
  t.wishes = {growth()};
  t.memory.flights["uid-shop-web-1"] = {update_action::evict, true, web_ref,
                                        plan_table::web("web-1").shared()};
  auto plan = t.plan();
  CHECK(plan.actions.empty());
  CHECK(held(plan, refusal::cool_down));
}

TEST_CASE("a fresh updater does not repeat what the one before it has just done") {
  plan_table t;
  t.rules.in_place = false;
  t.wishes = {growth()};
  t.started = t.now - 1min;
  pod replaced = plan_table::web("web-4");
  replaced.meta.created = t.now - 3min;
  t.put(replaced);
  CHECK(held(t.plan(), refusal::cool_down));
  // Had it been there for longer, it would have seen that itself.
  t.started = t.now - 1h;
  CHECK(t.plan().actions.size() == 1);
}

TEST_CASE("BestEffort pods are evicted at once, because a resize cannot give them anything") {
  plan_table t;
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    pod p = plan_table::web(name);
    p.containers[0].resources = {};
    p.statuses[0].actual = {};
    p.statuses[0].allocated = {};
    t.put(p);
  }
  t.wishes = {want("app", res(100, "100Mi"))};
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].action == update_action::evict);
  t.policy.increase = update_mode::in_place;
  CHECK(t.only_refusal() == refusal::qos_change);
}

TEST_CASE("what the node has room for does not wait for what it has not") {
  plan_table t;
  t.wishes = {want("app", res(15'000, "3Gi"), res(15'000, "3Gi"))};
  auto plan = t.plan();
  REQUIRE_FALSE(plan.actions.empty());
  auto& first = plan.actions[0];
  CHECK(first.action == update_action::resize);
  CHECK(first.after.requests.memory == int64_t{3} << 30);
  CHECK(first.after.requests.cpu < 15'000);
  CHECK(plan.blocked.contains(first.target->meta.uid));
}

TEST_CASE("what the quota has room for does not wait for what it has not") {
  plan_table t;
  resource_quota full;
  full.meta.ns = "shop";
  full.hard_requests = res(std::nullopt, "1Gi");
  full.used_requests = res(std::nullopt, "1Gi");
  t.put(full);
  t.wishes = {want("app", res(200, "3Gi"), res(200, "3Gi"))};
  auto plan = t.plan();
  REQUIRE_FALSE(plan.actions.empty());
  auto& first = plan.actions[0];
  CHECK(first.action == update_action::resize);
  CHECK(first.after.requests.cpu == 200);
  CHECK(first.after.requests.memory < int64_t{3} << 30);
}

TEST_CASE("growth beyond the node's room waits and then moves, healing sooner") {
  plan_table t;
  t.put(make_node("node-2"));
  t.wishes = {too_much_for_now()};
  t.wishes[0].urgent = false;
  auto first = t.plan();
  CHECK(first.actions.empty());
  CHECK(held(first, refusal::node_room));
  CHECK(first.blocked.size() == 4);
  auto blocked_for = [&](milliseconds age) {
    for (auto name : {"web-1", "web-2", "web-3", "web-4"})
      t.memory.pods["uid-shop-" + std::string(name)].blocked_since = t.now - age;
    return t.plan().actions.size();
  };
  CHECK(blocked_for(29min) == 0);
  CHECK(blocked_for(31min) == 1);
  t.wishes[0].urgent = true;
  CHECK(blocked_for(4min) == 0);
  CHECK(blocked_for(6min) == 1);
  // Nowhere to go: a pod that runs is better than one that waits for a node.
  auto full = make_node("node-2");
  full.unschedulable = true;
  t.put(full);
  CHECK(blocked_for(6min) == 0);
}

TEST_CASE("a wish that the kubelet put off is followed from our own attempt on") {
  plan_table t;
  t.alone();
  t.put(deployment("shop", "web", 2));
  t.put(pod(plan_table::web("web-2")));
  t.wishes = {growth()};
  pod waiting = plan_table::web("web-1");
  waiting.containers[0].resources = {res(1000, "2Gi"), res(2000, "4Gi")};
  waiting.resize.pending = resize_status::pending_reason::deferred;
  // Put off since long ago, by an earlier attempt (the VPA evicts here at once).
  waiting.resize.since = t0 - 2h;
  t.put(waiting);
  pod right = plan_table::web("web-2");
  right.containers[0].resources = waiting.containers[0].resources;
  right.statuses[0].actual = right.containers[0].resources;
  t.put(right);
  auto& remembered = t.memory.pods[waiting.meta.uid];
  remembered.last_resize = t0 - 10min;
  CHECK(t.only_refusal() == refusal::deferred);
  remembered.last_resize = t0 - 31min;
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].action == update_action::evict);
}

TEST_CASE("a decrease that was put off is never worth an eviction") {
  plan_table t;
  t.alone();
  t.put(deployment("shop", "web", 2));
  t.put(pod(plan_table::web("web-2")));
  t.wishes = {shrink()};
  for (auto name : {"web-1", "web-2"}) {
    pod waiting = plan_table::web(name);
    waiting.containers[0].resources = {res(200, "300Mi"), res(400, "600Mi")};
    waiting.resize.in_progress = waiting.resize.error = true;
    waiting.resize.since = t0 - 10h;
    t.put(waiting);
  }
  CHECK(t.only_refusal() == refusal::deferred);
}
