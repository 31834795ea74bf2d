#include "actors/agent/logic/usage_rates.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

const instant noon{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + 12h};

usage_counters counters(milliseconds after, double cpu_seconds, instant started = noon - 1h) {
  return {noon + after, started, cpu_seconds, 0, 0, 1 << 20};
}

}  // namespace

TEST_CASE("the rate is the counters' difference over their distance") {
  auto before = counters(0s, 100);
  auto after = counters(15s, 107.5);
  before.periods = 100;
  after.periods = 250;
  before.throttled_periods = 10;
  after.throttled_periods = 40;
  auto result = rate_between(before, after, {}, noon + 15s);
  REQUIRE(result.sample);
  CHECK(result.sample->cpu == Approx(500));
  CHECK(result.sample->throttled == Approx(0.2));
  CHECK(result.sample->memory == 1 << 20);
  CHECK(result.sample->at == noon + 15s);
}

TEST_CASE("a first scrape gives memory only") {
  auto result = rate_between(std::nullopt, counters(0s, 100), {}, noon);
  REQUIRE(result.sample);
  CHECK_FALSE(result.sample->has_cpu);
}

TEST_CASE("a restarted container is measured from its start, not against its predecessor") {
  auto result = rate_between(counters(0s, 100), counters(15s, 5, noon + 10s), {}, noon + 15s);
  REQUIRE(result.sample);
  CHECK(result.sample->cpu == Approx(1000));
}

TEST_CASE("repeated, stale and impossible scrapes are dropped with their reason") {
  CHECK(rate_between(counters(0s, 1), counters(0s, 1), {}, noon).why == sample_drop::repeated);
  CHECK(rate_between(counters(0s, 1), counters(15s, 2), {}, noon + 6min).why == sample_drop::stale);
  CHECK(rate_between(counters(0s, 1), counters(15s, 2), {}, noon - 6min).why == sample_drop::stale);
  CHECK(rate_between(counters(0s, 0), counters(10s, 100), {5min, 4}, noon + 10s).why ==
        sample_drop::impossible);
  auto negative = counters(15s, 2);
  negative.working_set = -5;
  CHECK(rate_between(counters(0s, 1), negative, {}, noon + 15s).why == sample_drop::impossible);
}
