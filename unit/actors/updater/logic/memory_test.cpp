#include "actors/updater/logic/memory.hpp"

#include <catch2/catch.hpp>

#include "actors/updater/logic/record_ring.hpp"
#include "actors/updater/logic/token_bucket.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
const updater_rules rules;
const workload_ref web{"shop", "Deployment", "web"};

}  // namespace

TEST_CASE("the back-off doubles from half a minute to ten minutes and forgets after a success") {
  updater_memory memory;
  for (auto expected : {30s, 60s, 120s, 240s, 480s, 600s, 600s}) {
    memory.back_off(web, refusal::disruption_budget, "no", rules, t0);
    CHECK(memory.workloads[web].hold_until - t0 == expected);
  }
  memory.calm_down(web);
  memory.back_off(web, refusal::disruption_budget, "no", rules, t0);
  CHECK(memory.workloads[web].hold_until - t0 == 30s);
}

TEST_CASE("three reverts within half an hour are a fight, spread wider they are not") {
  updater_memory memory;
  CHECK_FALSE(memory.note_revert(web, "x", rules, t0));
  CHECK_FALSE(memory.note_revert(web, "x", rules, t0 + 20min));
  CHECK_FALSE(memory.note_revert(web, "x", rules, t0 + 40min));
  CHECK(memory.note_revert(web, "x", rules, t0 + 45min));
  CHECK(memory.workloads[web].hold_why == refusal::fight);
  CHECK(memory.workloads[web].hold_until == t0 + 45min + 1h);
}

TEST_CASE("a change of what we asked for is a revert, our own later wish is not") {
  auto with = [](int64_t cpu, int64_t generation) {
    pod p = pod_builder{"shop", "web-1"}.container("app", res(cpu, "1Gi"));
    p.meta.generation = generation;
    return p;
  };
  pod_memory ours;
  ours.sent = {{"app", {res(200, "1Gi"), {}}}};
  CHECK_FALSE(reverted(ours, with(200, 2), with(500, 3)));  // not accepted yet
  ours.sent_generation = 2;
  CHECK(reverted(ours, with(200, 2), with(500, 3)));
  CHECK_FALSE(reverted(ours, with(500, 1), with(200, 2)));  // our own change arriving
  CHECK_FALSE(reverted(ours, with(200, 2), with(200, 3)));  // something else changed
  ours.sent = {{"app", {res(300, "1Gi"), {}}}};
  CHECK_FALSE(reverted(ours, with(200, 2), with(300, 3)));
}

TEST_CASE("what is said of pods and workloads is forgotten in time") {
  updater_memory memory;
  pod p = pod_builder{"shop", "web-1"};
  memory.note_blocked(p.meta.uid, true, t0);
  memory.note_blocked(p.meta.uid, true, t0 + 5min);
  CHECK(*memory.pods[p.meta.uid].blocked_since == t0);
  memory.note_blocked(p.meta.uid, false, t0 + 6min);
  CHECK_FALSE(memory.pods[p.meta.uid].blocked_since);
  memory.usage[{"shop", "web-1"}] = {};
  memory.forget(p);
  CHECK(memory.pods.empty());
  CHECK(memory.usage.empty());
  memory.workloads[web].last_disruption = t0;
  memory.prune(t0 + 23h);
  CHECK(memory.workloads.size() == 1);
  memory.prune(t0 + 25h);
  CHECK(memory.workloads.empty());
}

TEST_CASE("a bucket gives a minute's worth at once and then refills steadily") {
  token_bucket bucket{6, t0};
  auto take = [&](instant now) {
    int taken = 0;
    while (bucket.take(now))
      ++taken;
    return taken;
  };
  CHECK(take(t0) == 6);
  CHECK(take(t0 + 9s) == 0);
  CHECK(take(t0 + 10s) == 1);
  CHECK(take(t0 + 40s) == 3);
  CHECK(take(t0 + 1h) == 6);
  CHECK(take(t0) == 0);  // the clock was set back
}

TEST_CASE("the log gives what came after a number, as far as it remembers") {
  record_ring ring{3};
  CHECK(ring.after(0).records.empty());
  for (int i = 1; i <= 5; ++i) {
    update_record record;
    record.detail = std::to_string(i);
    ring.add(record);
  }
  auto all = ring.after(0);
  CHECK(all.last == 5);
  REQUIRE(all.records.size() == 3);
  CHECK(all.records.front().detail == "3");
  CHECK(ring.after(4).records.at(0).detail == "5");
  CHECK(ring.after(5).records.empty());
  CHECK(ring.after(99).records.empty());
}
