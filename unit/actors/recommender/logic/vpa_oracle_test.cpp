// The Vertical Pod Autoscaler's published arithmetic (v1.8.1, paths below its pkg/) as oracle: same
// numbers where the definitions coincide, our own with the reason where they differ on purpose.
#include <cmath>

#include <catch2/catch.hpp>

#include "actors/recommender/logic/surroundings.hpp"
#include "unit/actors/recommender/logic/histories.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;
using recommender_logic::decaying_counts;

namespace {

/// Flat use of 1 core and 1 GiB, one sample every 5 minutes.
container_state flat(int slots) {
  container_state state;
  for (int i = 0; i <= slots; ++i)
    state.observe({monday + i * slot_length, 1000, 0, 1024 * mebi, true});
  return state;
}

oom_event killed_at(instant at, int64_t request, int64_t limit = 0) {
  oom_event kill;
  kill.at = at;
  kill.memory_request = request;
  kill.memory_limit = limit;
  return kill;
}

double floor_after(const container_state& state, instant at) {
  auto seconds = uint32_t(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  // Kills at no price: the steady estimate stays close to the peak and does not hide the floor.
  return state.memory().estimate({1e-6f, 0, true}, seconds).oom_floor / double(mebi);
}

/// Limit that follows from a request of `now` when limit and request were `limit` and `request`.
std::optional<int64_t> limit_for(std::optional<int64_t> limit, std::optional<int64_t> request,
                                 int64_t now) {
  policy_spec policy;
  policy.cpu.min = policy.cpu.max = now;
  policy.minimum_history = 0h;
  auto state = flat(12);
  container_input input;
  input.name = "app";
  input.state = &state;
  input.current.limits.cpu = limit;
  input.current.requests.cpu = request;
  return recommend_one(input, policy, {}, monday + 1h).target.limits.cpu;
}

}  // namespace

// recommender/util/histogram_test.go TestPercentiles: values 1 to 4 with weights 1 to 4. Theirs
// gives the upper edge of the bucket; ours interpolates within it, so it lies in the same bucket
// and never above.
TEST_CASE("VPA: percentiles fall into the buckets that the weights say") {
  decaying_counts<16> counts;
  for (uint32_t i = 1; i <= 4; ++i)
    counts.add(i, 100 * i);
  const std::pair<float, int> expected[] = {{0.0f, 2}, {0.1f, 2}, {0.2f, 3}, {0.3f, 3},
                                            {0.4f, 4}, {0.5f, 4}, {0.6f, 4}, {0.7f, 5},
                                            {0.8f, 5}, {0.9f, 5}, {1.0f, 5}};
  for (auto [percentile, upper_edge] : expected) {
    CAPTURE(percentile);
    CHECK(counts.position(percentile) <= float(upper_edge));
    CHECK(counts.position(percentile) >= float(upper_edge - 1));
  }
}

// recommender/util/histogram_test.go TestPercentilesEmptyHistogram: 0 for every percentile.
TEST_CASE("VPA: an empty histogram answers nothing") {
  CHECK(decaying_counts<16>{}.position(0.5f) < 0);
  CHECK(cpu_model{}.quantile(0.5f) == 0);
}

// recommender/util/histogram_test.go TestPercentileOutOfBounds: below 0 the least, above 1 the
// most.
TEST_CASE("VPA: a percentile out of bounds gives the edge") {
  decaying_counts<16> counts;
  counts.add(1, 100);
  counts.add(2, 200);
  CHECK(counts.position(-0.1f) == 1);
  CHECK(counts.position(1.1f) == 3);
}

// recommender/util/decaying_histogram_test.go TestDecayingHistogramPercentiles: weights 1, 2, 3, 4
// a half-life apart count 1/8, 2/4, 3/2 and 4.
TEST_CASE("VPA: percentiles after decay by a half-life between values") {
  decaying_counts<16> counts;
  for (uint32_t i = 1; i <= 4; ++i) {
    counts.halve();
    counts.add(i, 1000 * i);
  }
  const std::pair<float, int> expected[] = {{0.00f, 2}, {0.02f, 2}, {0.03f, 3}, {0.10f, 3},
                                            {0.11f, 4}, {0.34f, 4}, {0.35f, 5}, {1.00f, 5}};
  for (auto [percentile, upper_edge] : expected) {
    CAPTURE(percentile);
    CHECK(counts.position(percentile) <= float(upper_edge));
    CHECK(counts.position(percentile) >= float(upper_edge - 1));
  }
}

// recommender/util/decaying_histogram_test.go TestSimpleDecay: twenty half-lives later a weight of
// 1000 is next to nothing. Theirs keeps a trace at percentile 1; our 16-bit counters forget it.
TEST_CASE("VPA: twenty half-lives forget even a heavy past") {
  decaying_counts<16> counts;
  counts.add(2, 64'000);
  for (int i = 0; i < 20; ++i)
    counts.halve();
  counts.add(1, 64);
  CHECK(counts.position(0.999f) <= 2);
  CHECK(counts.position(1.0f) <= 2);
}

// recommender/model/aggregations_config.go: the half-life of CPU usage is 24 h. Ours counts hours
// with usage, so that a weekend without pods ages nothing.
TEST_CASE("VPA: after 24 hours old CPU usage counts half") {
  container_state state;
  int slot = 0;
  for (; slot < 10 * 288; ++slot)
    state.observe({monday + slot * slot_length, 1000, 0, -1, true});
  for (; slot < 11 * 288; ++slot)
    state.observe({monday + slot * slot_length, 100, 0, -1, true});
  // A steady past of weight 1 has 1/2 left, the day since weighs the other half.
  CHECK(state.cpu().quantile(0.48f) < 120);
  CHECK(state.cpu().quantile(0.52f) > 900);
}

// recommender/logic/estimator_test.go TestPercentileEstimator: 1, 2 and 3 cores, P20 within 5 %.
// Our buckets are an eighth of an octave wide: within 13 %.
TEST_CASE("VPA: a percentile of three values is right within our bucket's width") {
  container_state state;
  for (int i = 0; i < 90; ++i)
    state.observe({monday + i * slot_length, float(1000 * (i % 3 + 1)), 0, -1, true});
  CHECK(state.cpu().quantile(0.2f) == Approx(1000).epsilon(0.13));
  CHECK(state.cpu().quantile(0.5f) == Approx(2000).epsilon(0.13));
  CHECK(state.cpu().quantile(0.9f) == Approx(3000).epsilon(0.13));
  CHECK(state.cpu().quantile(1.0f) <= 3000);
}

// recommender/logic/estimator_test.go TestConfidenceMultiplier: bound × (1 + multiplier /
// confidence)^exponent; recommender/logic/recommender.go: upper 1 and 1, lower 0.001 and -2. Ours
// is the same for CPU, with confidence in days with usage; an upper bound that is three times as
// wide at noon of the first day.
TEST_CASE("VPA: the bounds of CPU open by the confidence factor of the days seen") {
  for (int slots : {144, 288, 7 * 288}) {
    auto state = flat(slots);
    double days = slots / 288.0;
    auto out = recommend_one(input_of(state, 1100, 2048 * mebi),
                             builtin_policies().at("production"), {}, monday + slots * slot_length);
    double high =
      std::max(double(*out.target.requests.cpu), double(state.cpu().quantile(0.95f)) * 1.15);
    double low =
      std::min(double(*out.target.requests.cpu), double(state.cpu().quantile(0.5f)) * 1.15);
    CAPTURE(slots, high, low);
    CHECK(double(*out.upper.cpu) == Approx(high * (1 + 1 / days)).epsilon(0.002));
    CHECK(double(*out.lower.cpu) == Approx(low * std::pow(1 + 0.001 / days, -2)).epsilon(0.002));
  }
}

// The same formula for memory would allow three times the request on the first day. Memory is not
// given back by a process: ours opens by 0.2 / days only.
TEST_CASE("ours: the upper bound of memory opens by a fifth of the VPA's factor") {
  auto state = flat(288);
  auto out = recommend_one(input_of(state, 1100, 4096 * mebi), builtin_policies().at("production"),
                           {}, monday + 24h);
  CHECK(double(*out.upper.memory) ==
        Approx(double(*out.target.requests.memory) * 1.2 * 1.15).epsilon(0.01));
}

// recommender/logic/estimator_test.go TestConfidenceMultiplierNoHistory: 1e14. Ours says nothing at
// all without history, so that nothing is outside of bounds that nobody learned.
TEST_CASE("ours: without history there are no bounds") {
  container_state nothing;
  auto out = recommend_one(input_of(nothing, 100, mebi), {}, {}, monday);
  CHECK_FALSE(out.upper.cpu);
  CHECK_FALSE(out.lower.cpu);
  CHECK_FALSE(out.target.requests.cpu);
}

// recommender/model/container_test.go TestRecordOOMIncreasedByBumpUp: 1000 MiB become 1200.
TEST_CASE("VPA: a kill at 1000 MiB asks for 1200") {
  container_state state;
  state.observe_oom(killed_at(monday, 1000 * mebi));
  CHECK(floor_after(state, monday) == Approx(1200));
}

// TestRecordOOMIncreasedByMin: 1 MiB becomes 101.
TEST_CASE("VPA: a kill at 1 MiB asks for 101") {
  container_state state;
  state.observe_oom(killed_at(monday, 1 * mebi));
  CHECK(floor_after(state, monday) == Approx(101));
}

// TestRecordOOMMaxedWithKnownSample: use of 3000 above a request of 1000 counts: 3600.
TEST_CASE("VPA: known use above the request counts when killed") {
  container_state state;
  state.observe({monday, 10, 0, 3000 * mebi, true});
  state.observe_oom(killed_at(monday, 1000 * mebi));
  CHECK(floor_after(state, monday) == Approx(3600));
}

// TestRecordOOMDontRunAway: further kills at less change nothing, a larger one lifts to 2400. Ours
// does not lower the floor either; a second kill within the hour is taken for more than bad luck
// and lifts by 1.5.
TEST_CASE("ours: kills at less change nothing, a larger one within the hour lifts by half") {
  container_state state;
  state.observe_oom(killed_at(monday, 1000 * mebi));
  state.observe_oom(killed_at(monday, 700 * mebi));
  CHECK(floor_after(state, monday) == Approx(1200));
  state.observe_oom(killed_at(monday + 1min, 2000 * mebi));
  CHECK(floor_after(state, monday + 1min) == Approx(3000));
}

// input/oom/observer.go starts from the request, which is weak where the limit is far above it.
// Ours starts from the limit that was hit.
TEST_CASE("ours: the limit that was hit is where the growth begins") {
  container_state state;
  state.observe_oom(killed_at(monday, 500 * mebi, 1000 * mebi));
  CHECK(floor_after(state, monday) == Approx(1200));
}

// TestRecordOOMDiscardsOldSample: a kill 30 h before the last sample is refused. Ours keeps it, but
// what it asks for has faded away by then.
TEST_CASE("ours: a kill that is told 30 hours late asks for nothing any more") {
  container_state state;
  state.observe({monday + 30h, 10, 0, 1000 * mebi, true});
  state.observe_oom(killed_at(monday, 1000 * mebi));
  CHECK(floor_after(state, monday + 30h) == 0);
}

// TestRecordOOMFreshOOMNearWindowBoundaryIsNotDiscarded (kubernetes/autoscaler#8548).
TEST_CASE("VPA: a kill a second before the newest sample counts") {
  container_state state;
  state.observe({monday + 24h, 10, 0, 2000 * mebi, true});
  state.observe_oom(killed_at(monday + 24h - 1s, 1000 * mebi));
  CHECK(floor_after(state, monday + 24h) == Approx(2400));
}

// recommender/model/container_test.go TestAggregateContainerUsageSamples: negative usage is
// dropped.
TEST_CASE("VPA: negative usage is dropped") {
  auto state = flat(12);
  auto before = state.memory();
  state.observe({monday + 2h, -1000, 0, -1000, true});
  CHECK(state.memory() == before);
  CHECK(state.cpu() == flat(12).cpu());
}

// utils/vpa/limit_and_request_scaling_test.go TestGetProportionalResourceLimitCPU.
TEST_CASE("VPA: limits scale with requests") {
  CHECK(limit_for(2000, 1000, 10'000) == 20'000);                // scale proportionally
  CHECK(limit_for(std::nullopt, 1000, 10'000) == std::nullopt);  // no original limit
  CHECK(limit_for(2000, std::nullopt, 10'000) == 10'000);        // no original request
  CHECK(limit_for(2000, 1500, 1000) == 1333);                    // handle non-integer ratios
  CHECK(limit_for(1000, 1000, 10'000) == 10'000);                // limit equal to request
  CHECK(limit_for(1150, 1000, 100) == 115);  // exact where a double says 114.99999999999999
}

// "go over milli cap": theirs stops at the largest int64, ours at the largest quantity that is
// read.
TEST_CASE("ours: a limit that would overflow stops at 2^53") {
  CHECK(limit_for(10'000'000'000'000, 1, 10'000'000'000'000) == int64_t{1} << 53);
}

// "no original request": theirs takes the recommendation as limit even where the limit was above
// it. Ours never lowers a limit of which the ratio is unknown.
TEST_CASE("ours: without a request to compare with, a larger limit stays") {
  CHECK(limit_for(20'000, std::nullopt, 10'000) == 20'000);
}

// utils/limitrange/limit_range_calculator_test.go TestGetContainerLimitRangeItem: lowest maximum,
// highest minimum, default as it is.
TEST_CASE("VPA: several LimitRanges bind by the lowest maximum and the highest minimum") {
  auto range = [](resources least, resources most, resources standard = {}) {
    auto out = std::make_shared<limit_range>();
    out->container_min = least;
    out->container_max = most;
    out->container_default = standard;
    return std::shared_ptr<const limit_range>(out);
  };
  CHECK_FALSE(merge_limit_ranges({}));
  auto merged = merge_limit_ranges({range({1500, 1500}, {1500, 1500}, {1500, 1500}),
                                    range({1000, 1000}, {2000, 2000}), range({}, {})});
  REQUIRE(merged);
  CHECK(merged->container_max == resources{1500, 1500});
  CHECK(merged->container_min == resources{1500, 1500});
  CHECK(merged->container_default == resources{1500, 1500});
}

// utils/vpa/capping_test.go: theirs lets the policy win even outside of the LimitRange. Such a pod
// is refused by the API server, so with ours the LimitRange wins.
TEST_CASE("ours: the LimitRange wins over the policy") {
  auto state = flat(12);
  policy_spec policy;
  policy.cpu.min = 2000;
  sizing_facts facts;
  facts.limits.emplace();
  facts.limits->container_max.cpu = 1500;
  container_input input;
  input.name = "app";
  input.state = &state;
  CHECK(recommend_one(input, policy, facts, monday + 1h).target.requests.cpu == 1500);
}

// Answers of the module itself, with its default flags, to a week of 500 millicores and 512 MiB:
// 587 millicores and 628694953 bytes, 15 % for all and buckets rounded up. Of CPU ours learns that
// nothing ever rose above. Of memory a week without a leap is not yet enough to believe that none
// will come: with the default price of a kill 30 % are held, where theirs has 17.
TEST_CASE("ours: flat CPU is sized closer than by the VPA, flat memory wider") {
  container_state state;
  for (int i = 0; i < 7 * 288; ++i)
    state.observe({monday + i * slot_length, 500, 0, 512 * mebi, true});
  auto out = recommend_one(input_of(state, 2000, 4096 * mebi), builtin_policies().at("production"),
                           {}, monday + 7 * 24h);
  CHECK(*out.target.requests.cpu > 500);
  CHECK(*out.target.requests.cpu < 587);
  CHECK(*out.target.requests.memory > 628'694'953);
  CHECK(*out.target.requests.memory < 512 * mebi * 14 / 10);
}

// 20 replicas, one at 1100 MiB and the others at 500, three days: the module's percentile of pooled
// peaks says 628694953 bytes, and the leader dies of it. Ours takes the highest over the pods.
TEST_CASE("ours: one hot replica of twenty sizes them all") {
  container_state state;
  for (int i = 0; i < 3 * 288; ++i)
    for (uint32_t pod = 0; pod < 20; ++pod)
      state.observe({monday + i * slot_length, 100, 0, (pod == 0 ? 1100 : 500) * mebi, true}, pod);
  auto out = recommend_one(input_of(state, 2000, 4096 * mebi), builtin_policies().at("production"),
                           {}, monday + 3 * 24h);
  CHECK(*out.target.requests.memory >= 1100 * mebi);
}

// One minute of one core: theirs asks for 1168 millicores at once, ours keeps the request until the
// history is long enough to take anything away.
TEST_CASE("ours: a single sample takes nothing away") {
  container_state state;
  state.observe({monday, 1000, 0, 512 * mebi, true});
  auto out = recommend_one(input_of(state, 4000, 4096 * mebi), builtin_policies().at("production"),
                           {}, monday + 1min);
  CHECK(out.target.requests == resources{4000, 4096 * mebi});
}
