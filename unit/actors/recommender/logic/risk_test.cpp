#include "actors/recommender/logic/risk.hpp"

#include <catch2/catch.hpp>

#include "actors/recommender/logic/recommend.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

const instant monday{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
const policy_spec& production = builtin_policies().at("production");

/// Days of usage that rises and falls within each hour.
container_state lived(int days) {
  container_state state;
  state.aim(question_of(production, "app", change_cost::in_place));
  state.aim(memory_question_of(production, "app"));
  for (int i = 0; i < days * 288; ++i)
    state.observe({monday + i * 5min, float(200 + i % 12 * 20), 0,
                   (int64_t{500} << 20) + int64_t{i % 30} * (1 << 20), true});
  return state;
}

container_risk risk(const container_state& state, int64_t cpu, int64_t memory, double days = 7) {
  container_resources proposal;
  proposal.requests = {cpu, memory};
  proposal.limits = {cpu * 2, memory};
  return risk_of(state, proposal, production, "app", change_cost::in_place, days);
}

bool ordered(const risk_range& range) {
  return range.low >= 0 && range.low <= range.high && range.expected <= range.high;
}

}  // namespace

TEST_CASE("quantiles of the Gamma distribution are those of the tables") {
  CHECK(gamma_quantile(1, 0.5) == Approx(0.69314718).epsilon(1e-6));
  CHECK(gamma_quantile(0.5, 0.95) == Approx(1.9207294).epsilon(1e-6));
  CHECK(gamma_quantile(2.5, 0.95) == Approx(5.5352494).epsilon(1e-6));
  CHECK(gamma_quantile(10, 0.05) == Approx(5.4254057).epsilon(1e-6));
  CHECK(gamma_quantile(0.01, 0.05) == 0);
  CHECK(gamma_quantile(0, 0.5) == 0);
}

TEST_CASE("more memory is killed less often, a longer time more often") {
  auto state = lived(10);
  auto tight = risk(state, 500, int64_t{540} << 20), wide = risk(state, 500, int64_t{1} << 30);
  REQUIRE(tight.oom_chance);
  CHECK(tight.memory_limited);
  CHECK(wide.oom_chance->expected < tight.oom_chance->expected);
  CHECK(wide.oom_chance->high < tight.oom_chance->high);
  CHECK(risk(state, 500, int64_t{540} << 20, 1).oom_chance->expected < tight.oom_chance->expected);
  CHECK(tight.oom_chance->high <= 1);
  CHECK(ordered(*tight.oom_chance));
}

TEST_CASE(
  "a larger CPU request is passed for fewer hours, and a limit for fewer than the request") {
  auto state = lived(10);
  auto small = risk(state, 250, 1 << 30), large = risk(state, 600, 1 << 30);
  REQUIRE(small.over_request_h);
  CHECK(large.over_request_h->expected < small.over_request_h->expected);
  CHECK(small.throttled_h->expected < small.over_request_h->expected);
  CHECK(small.over_request_h->high <= 168);
  CHECK(ordered(*large.over_request_h));
}

TEST_CASE("a request that was changed often is expected to be changed again") {
  auto calm = lived(10), restless = lived(10);
  for (int i = 0; i < 6; ++i)
    restless.note_change(resource_kind::cpu, change_cost::in_place);
  calm.note_change(resource_kind::cpu, change_cost::in_place);
  auto few = risk(calm, 500, 1 << 30), many = risk(restless, 500, 1 << 30);
  CHECK(many.cpu_changes->expected >= few.cpu_changes->expected);
  CHECK(ordered(*many.cpu_changes));
  CHECK(few.memory_changes->expected > 0);
}

TEST_CASE("nothing is told of what is not known or not set") {
  auto nothing = risk_of(container_state{}, {}, production, "app", change_cost::in_place);
  CHECK(nothing.container == "app");
  CHECK_FALSE(nothing.oom_chance);
  CHECK_FALSE(nothing.cpu_changes);
  auto unset = risk_of(lived(2), {}, production, "app", change_cost::in_place);
  CHECK_FALSE(unset.oom_chance);
  CHECK_FALSE(unset.over_request_h);
  CHECK_FALSE(unset.throttled_h);
  CHECK(unset.cpu_changes);
}
