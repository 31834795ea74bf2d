#include "actors/updater/logic/gate.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const instant now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h};
const updater_rules rules;

gate_inputs all_well() {
  gate_inputs in;
  in.admissions_ready = true;
  return in;
}

}  // namespace

TEST_CASE("the gate is open when everything is well") {
  auto report = green_report(now - 1min);
  auto gate = evaluate_gate(all_well(), &report, rules, now);
  CHECK(gate.disrupt);
  CHECK(gate.shrink);
  CHECK(gate.grow);
}

TEST_CASE("whatever is wrong, only growing in place goes on") {
  auto green = green_report(now - 1min), red = green_report(now - 1min, false),
       old = green_report(now - 6min);
  health_check check;
  check.name = "webhook";
  check.result = check_result::fail;
  check.detail = "no answer";
  red.checks = {check};
  auto shut = [](const gate_state& gate) {
    CHECK_FALSE(gate.disrupt);
    CHECK_FALSE(gate.shrink);
    CHECK(gate.grow);
    CHECK(gate.why == refusal::gate_closed);
    return gate.detail;
  };
  CHECK(shut(evaluate_gate(all_well(), &red, rules, now)) ==
        "healthcheck is red: webhook: no answer");
  CHECK(shut(evaluate_gate(all_well(), &old, rules, now)) == "the HealthReport is too old");
  CHECK(shut(evaluate_gate(all_well(), nullptr, rules, now)) == "there is no HealthReport");
  auto in = all_well();
  in.admissions_ready = false;
  CHECK(shut(evaluate_gate(in, &green, rules, now)) == "admissions is not ready");
}

TEST_CASE("an old view of the cluster stops everything, because a grant may be gone") {
  auto report = green_report(now);
  auto in = all_well();
  in.watch_lost_since = now - 1min;
  CHECK(evaluate_gate(in, &report, rules, now).disrupt);
  in.watch_lost_since = now - 3min;
  auto gate = evaluate_gate(in, &report, rules, now);
  CHECK_FALSE(gate.disrupt);
  CHECK_FALSE(gate.grow);
  CHECK(gate.detail == "the view of the cluster is old");
}

TEST_CASE("where no report is required its absence does not matter, but a red one does") {
  auto relaxed = rules;
  relaxed.require_report = false;
  CHECK(evaluate_gate(all_well(), nullptr, relaxed, now).disrupt);
  auto red = green_report(now, false);
  CHECK_FALSE(evaluate_gate(all_well(), &red, relaxed, now).disrupt);
}

TEST_CASE("failed disruptions shut the gate until they are forgotten") {
  auto report = green_report(now);
  std::deque<instant> failures{now - 16min, now - 2min, now - 1min};
  auto in = all_well();
  in.failures = &failures;
  CHECK(evaluate_gate(in, &report, rules, now).disrupt);
  failures.push_back(now);
  CHECK_FALSE(evaluate_gate(in, &report, rules, now).disrupt);
  report.at = now + 14min;
  CHECK(evaluate_gate(in, &report, rules, now + 14min).disrupt);
}

TEST_CASE("the switch stops everything, and says who pulled it") {
  auto report = green_report(now);
  auto in = all_well();
  in.paused_by = "bob";
  auto gate = evaluate_gate(in, &report, rules, now);
  CHECK_FALSE(gate.grow);
  CHECK(gate.why == refusal::paused);
  CHECK(gate.detail == "stopped by bob");
}

TEST_CASE("the newest report of the system namespace counts") {
  cluster_view view;
  CHECK_FALSE(newest_report(view));
  auto put = [&](std::string ns, std::string name, instant at, bool open) {
    auto report = green_report(at, open);
    report.meta.ns = std::move(ns);
    report.meta.name = std::move(name);
    view.apply({watch_event::type::added, std::make_shared<const object>(report), 1});
  };
  put("scaleops-system", "a", now, false);
  put("scaleops-system", "b", now - 1min, true);
  put("elsewhere", "c", now + 1min, true);
  REQUIRE(newest_report(view));
  CHECK_FALSE(newest_report(view)->gate_open);
}

TEST_CASE("without a view of the budgets nothing is evicted, and resizing goes on") {
  auto report = green_report(now - 1min);
  auto in = all_well();
  in.budgets_unseen = true;
  auto gate = evaluate_gate(in, &report, rules, now);
  CHECK_FALSE(gate.disrupt);
  CHECK(gate.shrink);
  CHECK(gate.grow);
  CHECK(gate.why == refusal::gate_closed);
  CHECK(gate.detail == "PodDisruptionBudgets may not be read: nothing is evicted");
}
