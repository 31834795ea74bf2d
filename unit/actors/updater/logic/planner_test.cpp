#include "actors/updater/logic/planner.hpp"

#include <functional>

#include <catch2/catch.hpp>

#include "unit/actors/updater/logic/plan_table.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

TEST_CASE("a shrinking workload is resized in place, a quarter of its pods at a time") {
  plan_table t;
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
  plan_table t;
  t.wishes = {growth(true)};
  auto plan = t.plan();
  CHECK(plan.actions.size() == 4);
  CHECK(plan.actions[0].urgent);
}

TEST_CASE("nothing is done, and why") {
  struct row {
    const char* name;
    refusal expected;
    std::function<void(plan_table&)> prepare;
  };
  auto rows = std::vector<row>{
    {"no grant", refusal::not_granted, [](plan_table& t) { t.granted = false; }},
    {"excluded", refusal::excluded,
     [](plan_table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.meta.annotations["scaleops.sh/exclude-automation"] = "true";
       t.put(owner);
     }},
    {"too small", refusal::below_threshold,
     [](plan_table& t) { t.wishes = {want("app", res(480))}; }},
    {"little history", refusal::below_threshold,
     [](plan_table& t) { t.wishes[0].confidence = 0.2; }},
    {"mode on create", refusal::mode,
     [](plan_table& t) { t.policy.decrease = update_mode::on_create; }},
    {"mode never", refusal::mode, [](plan_table& t) { t.policy.decrease = update_mode::never; }},
    {"gate shut", refusal::gate_closed,
     [](plan_table& t) {
       t.gate = {false, false, true, refusal::gate_closed, "red"};
     }},
    {"paused", refusal::paused,
     [](plan_table& t) {
       t.gate = {false, false, false, refusal::paused, "bob"};
     }},
    {"outside of the schedule", refusal::outside_schedule,
     [](plan_table& t) {
       t.policy.decrease_windows = {{0x7f, 1h, 2h, "UTC"}};
     }},
    {"rollout", refusal::rollout_in_progress,
     [](plan_table& t) {
       auto owner = deployment("shop", "web", 4);
       owner.updated_replicas = 2;
       t.put(owner);
     }},
    {"live use not known", refusal::live_memory, [](plan_table& t) { t.memory.usage.clear(); }},
    {"resized a moment ago", refusal::cool_down,
     [](plan_table& t) {
       for (auto name : {"web-1", "web-2", "web-3", "web-4"})
         t.memory.pods["uid-shop-" + std::string(name)].last_resize = t0 - 30s;
     }},
    {"resting after a refusal", refusal::api_error,
     [](plan_table& t) { t.memory.back_off(web_ref, refusal::api_error, "500", t.rules, t0); }},
    {"a fight", refusal::fight,
     [](plan_table& t) {
       t.memory.workloads[web_ref].hold_until = t0 + 1h;
       t.memory.workloads[web_ref].hold_why = refusal::fight;
     }},
    {"the quota is full", refusal::infeasible,
     [](plan_table& t) {
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
    plan_table t;
    t.wishes = {shrink()};
    one.prepare(t);
    CHECK(to_string(t.only_refusal()) == to_string(one.expected));
  }
}

TEST_CASE("pods that are going, flying or excluded themselves are left alone") {
  plan_table t;
  t.wishes = {growth(true)};
  pod going = plan_table::web("web-1");
  going.meta.deleted = t0;
  t.put(going);
  t.memory.flights["uid-shop-web-2"] = {update_action::resize, false, web_ref,
                                        plan_table::web("web-2").shared()};
  t.put(pod(plan_table::web("web-3").annotation("scaleops.sh/exclude-automation", "true")));
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].target->meta.name == "web-4");
}

TEST_CASE("healing passes schedule, rollout and rest, but not the switch nor a fight") {
  plan_table t;
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
  plan_table t;
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
  plan_table t;
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
  plan_table t;
  t.alone();
  t.wishes = {want("app", res(1000, "300Mi"))};
  t.policy.decrease = update_mode::never;
  auto plan = t.plan();
  REQUIRE(plan.actions.size() == 1);
  CHECK(plan.actions[0].containers.at(0).resources.requests == res(1000, "1Gi"));
}

TEST_CASE("what does not fit twice is given once") {
  plan_table t;
  // 16 cores, 2 held by the four pods: 14 free.
  t.wishes = {want("app", res(8000), res(8000))};
  t.wishes[0].urgent = true;
  auto plan = t.plan();
  CHECK(plan.actions.size() == 1);
  CHECK(plan.held.at(refusal::node_room) == 3);
}

TEST_CASE("runs are not disturbed, except to keep them from dying") {
  plan_table t;
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
  plan_table t;
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
  plan_table t;
  t.alone();
  t.wishes = {shrink()};
  t.granted = false;
  t.put(pod(plan_table::web("web-1").annotation(
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
  t.put(pod(plan_table::web("web-1")));
  CHECK(t.plan().actions.empty());
}

TEST_CASE("an old recommendation moves nothing") {
  plan_table t;
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
