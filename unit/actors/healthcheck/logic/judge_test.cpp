#include "actors/healthcheck/logic/judge.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

std::vector<health_check> all_good() {
  std::vector<health_check> checks;
  for (auto name :
       {"api-server", "webhook", "admissions", "agent", "recommender", "updater", "dashboards"})
    checks.push_back({name, check_result::pass, {}, {}});
  return checks;
}

}  // namespace

TEST_CASE("the gate is open only while every protecting check passes") {
  CHECK(gate_open(all_good()));
  for (size_t i = 0; i < 5; ++i) {
    auto checks = all_good();
    checks[i].result = check_result::fail;
    CHECK_FALSE(gate_open(checks));
    checks.erase(checks.begin() + ptrdiff_t(i));
    CHECK_FALSE(gate_open(checks));
  }
}

TEST_CASE("dashboards may fail and anything may warn without closing the gate") {
  auto checks = all_good();
  checks[6].result = check_result::fail;
  checks[0].result = check_result::warn;
  CHECK(gate_open(checks));
}

TEST_CASE("silence of the agent fails only after the allowed time") {
  CHECK(judge_usage(5, 9, 0s, 5min, {}).result == check_result::pass);
  CHECK(judge_usage(5, 5, 2min, 5min, {}).result == check_result::pass);
  CHECK(judge_usage(5, 5, 6min, 5min, {}).result == check_result::fail);
}

TEST_CASE("a component that does not answer or is not ready fails with its reason") {
  CHECK(judge_component({"agent", true, true, "fine"}, {}).result == check_result::pass);
  CHECK(judge_component({"agent", true, false, "loading"}, {}).result == check_result::fail);
  auto silent = judge_component({"agent", false, false, "timeout"}, {});
  CHECK(silent.result == check_result::fail);
  CHECK(silent.detail.find("timeout") != std::string::npos);
}
