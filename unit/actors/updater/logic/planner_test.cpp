#include "actors/updater/logic/planner.hpp"

#include <catch2/catch.hpp>

#include "actors/updater/logic/followed_cluster.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h};
const workload_ref web_ref{"shop", "Deployment", "web"};

/// A cluster of one node and a Deployment "web" of four pods with 500m and 1Gi, granted, gate open.
struct table {
  followed_cluster cluster;
  updater_memory memory;
  updater_rules rules;
  zone_offset zones = utc_only;
  gate_state gate{true, true, true, refusal::none, {}};
  policy_spec policy;
  instant now = t0;
  std::vector<container_recommendation> wishes;
  bool granted = true;

  table() {
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
                   zones,        gate,          t0 - 1h,       now};
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

container_recommendation shrink() {
  return want("app", res(200, "300Mi"), res(400, "600Mi"));
}
container_recommendation growth(bool urgent = false) {
  auto wish = want("app", res(1000, "2Gi"), res(2000, "4Gi"));
  wish.urgent = urgent;
  return wish;
}
/// More than the node has free, but not more than it has.
container_recommendation too_much_for_now() {
  auto wish = want("app", res(15'000), res(15'000));
  wish.urgent = true;
  return wish;
}

bool held(const update_plan& plan, refusal why) {
  return plan.held.contains(why);
}

}  // namespace

TEST_CASE("a shrinking workload is resized in place, a quarter of its pods at a time") {
  table t;
  t.wishes = {shrink()};
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  auto& action = plan.actions[0];
  CHECK(action.action == update_action::resize);
  CHECK_FALSE(action.disruptive);
  CHECK_FALSE(action.grows);
  CHECK(action.target->meta.name == "web-1");
  CHECK(action.detail == "app: cpu 500m to 200m, app: memory 1Gi to 300Mi");
  CHECK(plan.held.at(refusal::budget_spent) == 3);
  CHECK(plan.unsettled.contains(web_ref));
}

TEST_CASE("healing goes to all pods at once") {
  table t;
  t.wishes = {growth(true)};
  auto plan = t.plan();
  CHECK(plan.actions.size() == 4);
  CHECK(plan.actions[0].urgent);
}

TEST_CASE("nothing is done, and why") {
  struct row {
    const char* name;
    refusal expected;
    std::function<void(table&)> prepare;
  };
  auto rows = std::vector<row>{
    {"no grant", refusal::not_granted, [](table& t) { t.granted = false; }},
    {"excluded", refusal::excluded,
     [](table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.meta.annotations["scaleops.sh/exclude-automation"] = "true";
       t.put(owner);
     }},
    {"too small", refusal::below_threshold, [](table& t) { t.wishes = {want("app", res(480))}; }},
    {"little history", refusal::below_threshold, [](table& t) { t.wishes[0].confidence = 0.2; }},
    {"mode on create", refusal::mode, [](table& t) { t.policy.decrease = update_mode::on_create; }},
    {"mode never", refusal::mode, [](table& t) { t.policy.decrease = update_mode::never; }},
    {"gate shut", refusal::gate_closed,
     [](table& t) {
       t.gate = {false, false, true, refusal::gate_closed, "red"};
     }},
    {"paused", refusal::paused,
     [](table& t) {
       t.gate = {false, false, false, refusal::paused, "bob"};
     }},
    {"outside of the schedule", refusal::outside_schedule,
     [](table& t) {
       t.policy.decrease_windows = {{0x7f, 1h, 2h, "UTC"}};
     }},
    {"rollout", refusal::rollout_in_progress,
     [](table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.updated_replicas = 2;
       t.put(owner);
     }},
    {"live use not known", refusal::live_memory, [](table& t) { t.memory.usage.clear(); }},
    {"resized a moment ago", refusal::cool_down,
     [](table& t) {
       for (auto name : {"web-1", "web-2", "web-3", "web-4"})
         t.memory.pods["uid-shop-" + std::string(name)].last_resize = t0 - 30s;
     }},
    {"resting after a refusal", refusal::api_error,
     [](table& t) { t.memory.back_off(web_ref, refusal::api_error, "500", t.rules, t0); }},
    {"a fight", refusal::fight,
     [](table& t) {
       t.memory.workloads[web_ref].hold_until = t0 + 1h;
       t.memory.workloads[web_ref].hold_why = refusal::fight;
     }},
    {"the quota is full", refusal::infeasible,
     [](table& t) {
       resource_quota q;
       q.meta.ns = "shop";
       q.hard_limits = res(4000, "8Gi");
       q.used_limits = res(4000, "8Gi");
       t.put(q);
       t.wishes = {growth()};
     }},
  };
  for (auto& one : rows) {
    INFO(one.name);
    table t;
    t.wishes = {shrink()};
    one.prepare(t);
    CHECK(to_string(t.only_refusal()) == to_string(one.expected));
  }
}

TEST_CASE("pods that are going, flying or excluded themselves are left alone") {
  table t;
  t.wishes = {growth(true)};
  pod going = table::web("web-1");
  going.meta.deleted = t0;
  t.put(going);
  t.memory.flights["uid-shop-web-2"] = {update_action::resize, false, web_ref,
                                        table::web("web-2").shared()};
  t.put(pod(table::web("web-3").annotation("scaleops.sh/exclude-automation", "true")));
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].target->meta.name == "web-4");
}

TEST_CASE("healing passes schedule, rollout and rest, but not the switch nor a fight") {
  table t;
  t.wishes = {growth(true)};
  t.policy.increase_windows = {{0x7f, 1h, 2h, "UTC"}};
  auto owner = deployment("shop", "web", 4);
  owner.updated_replicas = 2;
  t.put(owner);
  t.memory.back_off(web_ref, refusal::api_error, "500", t.rules, t0);
  t.gate = {false, false, true, refusal::gate_closed, "red"};
  CHECK(t.plan().actions.size() == 4);
  t.memory.workloads[web_ref].hold_why = refusal::fight;
  CHECK(t.plan().actions.empty());
  t.memory.workloads.clear();
  t.gate = {false, false, false, refusal::paused, "bob"};
  CHECK(t.plan().actions.empty());
}

TEST_CASE("memory stops above what is in use") {
  table t;
  t.alone();
  t.wishes = {shrink()};
  t.use("web-1", "500Mi");
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  auto& got = plan.actions[0].containers.at(0).resources;
  CHECK(got.requests == res(200, "550Mi"));
  CHECK(got.limits == res(400, "600Mi"));
  t.use("web-1", "1000Mi");
  auto tight = t.plan().actions.at(0).containers.at(0).resources;
  CHECK(tight.requests == res(200, "1Gi"));
  CHECK(tight.limits == res(400, "1100Mi"));
  // Nothing of memory is left to change: only CPU goes down.
  t.use("web-1", "3Gi");
  auto none = t.plan().actions.at(0).containers.at(0).resources;
  CHECK(none.requests == res(200, "1Gi"));
  CHECK(none.limits == res(400, "2Gi"));
}

TEST_CASE("stale use is measured anew before memory shrinks") {
  table t;
  t.alone();
  t.wishes = {shrink()};
  t.use("web-1", "100Mi");
  t.now += 61s;
  auto plan = t.plan();
  CHECK(plan.actions.empty());
  CHECK((plan.measure == std::set<std::string>{"node-1"}));
  // A node that does not answer costs the memory part only.
  t.memory.unmeasured.insert("node-1");
  auto rest = t.plan();
  REQUIRE(rest.actions.size() == 1);
  CHECK(rest.actions[0].containers.at(0).resources.requests == res(200, "1Gi"));
  CHECK(rest.measure.size() == 1);
}

TEST_CASE("directions with different modes are told apart") {
  table t;
  t.alone();
  t.wishes = {want("app", res(1000, "300Mi"))};
  t.policy.decrease = update_mode::never;
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].containers.at(0).resources.requests == res(1000, "1Gi"));
}

TEST_CASE("a container that restarts for a resize is a disruption") {
  table t;
  t.wishes = {growth()};
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    pod p = table::web(name);
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

TEST_CASE("evictions come where a resize cannot, and only then") {
  table t;
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
    std::function<void(table&)> prepare;
  };
  auto rows = std::vector<row>{
    {"in place only", refusal::infeasible,
     [](table& t) { t.policy.increase = t.policy.decrease = update_mode::in_place; }},
    {"gate shut", refusal::gate_closed,
     [](table& t) {
       t.gate = {false, false, true, refusal::gate_closed, "red"};
     }},
    {"asks for peace", refusal::do_not_disrupt,
     [](table& t) {
       for (auto name : {"web-1", "web-2", "web-3", "web-4"})
         t.put(pod(table::web(name).annotation(labels::do_not_disrupt, "true")));
     }},
    {"the only replica", refusal::single_replica, [](table& t) { t.alone(); }},
    {"nobody brings it back", refusal::single_replica,
     [](table& t) {
       cluster_view& view = t.cluster.view;
       view.workloads.apply({watch_event::type::deleted,
                             std::make_shared<const object>(deployment("shop", "web", 4)), 1});
     }},
    {"rollout", refusal::rollout_in_progress,
     [](table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.updated_replicas = 1;
       t.put(owner);
     }},
    {"rollout paused", refusal::rollout_in_progress,
     [](table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.paused = true;
       t.put(owner);
     }},
    {"not all ready", refusal::not_ready,
     [](table& t) {
       auto owner = deployment("shop", "web", 5);
       owner.updated_replicas = owner.current_replicas = 5;
       t.put(owner);
     }},
    {"just disturbed", refusal::cool_down,
     [](table& t) { t.memory.workloads[web_ref].last_disruption = t0 - 9min; }},
    {"the budget says no", refusal::disruption_budget,
     [](table& t) {
       pod_disruption_budget b;
       b.meta.ns = "shop";
       b.selector.match_labels = {{"app", "web"}};
       t.put(b);
     }},
    {"no node is large enough", refusal::infeasible,
     [](table& t) {
       t.wishes = {want("app", res(17'000), res(17'000))};
       t.wishes[0].urgent = true;
     }},
  };
  for (auto& one : rows) {
    INFO(one.name);
    table t;
    t.rules.in_place = false;  // an old cluster: everything goes by eviction
    t.wishes = {growth(true)};
    one.prepare(t);
    CHECK(to_string(t.only_refusal()) == to_string(one.expected));
  }
}

TEST_CASE("a lone replica is evicted only where the policy says so") {
  table t;
  t.rules.in_place = false;
  t.alone();
  t.wishes = {growth()};
  CHECK(t.only_refusal() == refusal::single_replica);
  t.policy.disturb_single_replica = true;
  CHECK(t.plan().actions.size() == 1);
}

TEST_CASE("one pod of a workload is away at a time, two of twenty") {
  auto away = [](int32_t replicas) {
    table t;
    t.rules.in_place = false;
    t.wishes = {growth()};
    t.put(deployment("shop", "web", replicas));
    for (int i = 5; i <= replicas; ++i)
      t.put(pod(table::web("web-" + std::to_string(i))));
    return t.plan().actions.size();
  };
  CHECK(away(4) == 1);
  CHECK(away(10) == 1);
  CHECK(away(20) == 2);
}

TEST_CASE("nobody is evicted while another pod of the workload is on its way") {
  table t;
  t.rules.in_place = false;
  t.wishes = {growth()};
  t.memory.flights["uid-shop-web-1"] = {update_action::evict, true, web_ref,
                                        table::web("web-1").shared()};
  auto plan = t.plan();
  CHECK(plan.actions.empty());
  CHECK(held(plan, refusal::cool_down));
}

TEST_CASE("BestEffort pods are evicted at once, because a resize cannot give them anything") {
  table t;
  for (auto name : {"web-1", "web-2", "web-3", "web-4"}) {
    pod p = table::web(name);
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

TEST_CASE("growth beyond the node's room waits and then moves, healing sooner") {
  table t;
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
}

TEST_CASE("what does not fit twice is given once") {
  table t;
  // 16 cores, 2 held by the four pods: 14 free.
  t.wishes = {want("app", res(8000), res(8000))};
  t.wishes[0].urgent = true;
  auto plan = t.plan();
  CHECK(plan.actions.size() == 1);
  CHECK(plan.held.at(refusal::node_room) == 3);
}

TEST_CASE("a wish that the kubelet put off is followed from our own attempt on") {
  table t;
  t.alone();
  t.put(deployment("shop", "web", 2));
  t.put(pod(table::web("web-2")));
  t.wishes = {growth()};
  pod waiting = table::web("web-1");
  waiting.containers[0].resources = {res(1000, "2Gi"), res(2000, "4Gi")};
  waiting.resize.pending = resize_status::pending_reason::deferred;
  // Put off since long ago, by an earlier attempt (the VPA evicts here at once).
  waiting.resize.since = t0 - 2h;
  t.put(waiting);
  pod right = table::web("web-2");
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
  table t;
  t.alone();
  t.put(deployment("shop", "web", 2));
  t.put(pod(table::web("web-2")));
  t.wishes = {shrink()};
  for (auto name : {"web-1", "web-2"}) {
    pod waiting = table::web(name);
    waiting.containers[0].resources = {res(200, "300Mi"), res(400, "600Mi")};
    waiting.resize.in_progress = waiting.resize.error = true;
    waiting.resize.since = t0 - 10h;
    t.put(waiting);
  }
  CHECK(t.only_refusal() == refusal::deferred);
}

TEST_CASE("runs are not disturbed, except to keep them from dying") {
  table t;
  workload_ref nightly{"shop", "CronJob", "nightly"};
  t.put(deployment("shop", "nightly", 1, "CronJob"));
  auto job = deployment("shop", "nightly-1", 1, "Job");
  job.meta.owners = {{"CronJob", "nightly", {}, true}};
  t.put(job);
  t.put(pod(pod_builder{"shop", "nightly-1-x"}
              .owned_by("Job", "nightly-1")
              .container("app", res(500, "1Gi"))));
  auto ask = [&](container_recommendation wish) {
    t.put(recommend(nightly, {wish}, t.now));
    plan_inputs in{t.cluster.view, t.cluster.index, t.cluster.board, t.memory, t.rules,
                   t.zones,        t.gate,          t0 - 1h,         t.now};
    token_bucket resizes{10, t.now}, disruptions{10, t.now};
    return make_plan(in, {nightly}, resizes, disruptions);
  };
  auto calm = ask(want("app", res(1000, "2Gi")));
  CHECK(calm.actions.empty());
  CHECK(held(calm, refusal::job));
  auto healing = want("app", res(1000, "2Gi"));
  healing.urgent = true;
  CHECK(ask(healing).actions.size() == 1);
  t.rules.in_place = false;
  CHECK(held(ask(healing), refusal::job));
}

TEST_CASE("the minute's budgets bound the whole cluster") {
  table t;
  t.wishes = {growth(true)};
  t.rules.resizes_per_minute = 3;
  auto plan = t.plan();
  CHECK(plan.actions.size() == 3);
  CHECK(plan.held.at(refusal::budget_spent) == 1);
}

TEST_CASE("healing goes first, then growth, then the larger change, then by name") {
  auto wish = [](std::string name, bool urgent, bool grows, double score) {
    pod_wish w;
    w.workload = web_ref;
    w.target = pod_builder{"shop", std::move(name)}.shared();
    w.urgent = urgent;
    w.grows = grows;
    w.score = score;
    return w;
  };
  // The VPA's order of differences 9 > 4 > 2.33 > 1.5 within the scale-ups (TestSortPriority).
  std::vector<pod_wish> all{wish("f", false, false, 9),   wish("d", false, true, 1.5),
                            wish("b", false, true, 4),    wish("a", true, true, 0.1),
                            wish("c", false, true, 2.33), wish("e", false, true, 1.5),
                            wish("g", false, false, 0.2)};
  std::sort(all.begin(), all.end(), goes_before);
  std::string order;
  for (auto& one : all)
    order += one.target->meta.name;
  CHECK(order == "abcdefg");
}

TEST_CASE("a withdrawn grant brings the original resources back where that is asked for") {
  table t;
  t.alone();
  t.wishes = {shrink()};
  t.granted = false;
  t.put(pod(table::web("web-1").annotation(
    labels::origin_resources,
    R"({"app":{"requests":{"cpu":"700m","memory":"2Gi"},"limits":{"memory":"4Gi"}}})")));
  CHECK(t.only_refusal() == refusal::not_granted);
  t.rules.revert_withdrawn = true;
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].reverts);
  CHECK(plan.actions[0].containers.at(0).resources ==
        container_resources{res(700, "2Gi"), res(1000, "4Gi")});
  // A pod that we never touched has nothing to go back to.
  t.put(pod(table::web("web-1")));
  CHECK(t.plan().actions.empty());
}

TEST_CASE("an old recommendation moves nothing") {
  table t;
  t.wishes = {shrink()};
  t.plan();
  t.now += 25h;
  plan_inputs in{t.cluster.view, t.cluster.index, t.cluster.board, t.memory,
                 t.rules,        t.zones,         t.gate,          t0,
                 t.now};
  token_bucket resizes{10, t.now}, disruptions{10, t.now};
  auto plan = make_plan(in, {web_ref}, resizes, disruptions);
  CHECK(plan.actions.empty());
  CHECK(plan.held.empty());
}
