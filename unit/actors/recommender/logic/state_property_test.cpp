// What must hold of learned state: it merges, it is saved and loaded, and only the distribution of
// usage counts.
#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "unit/actors/recommender/logic/histories.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

/// Share of all usage at or below each bucket.
std::vector<double> spread(const cpu_model& model) {
  std::vector<double> out;
  model.visit(
    [&](const auto& counts, const auto&...) { out.assign(counts.begin(), counts.end()); });
  double sum = 0;
  for (auto& value : out)
    value = sum += value;
  for (auto& value : out)
    value /= std::max(sum, 1.0);
  return out;
}

/// Largest distance of two distributions (Kolmogorov-Smirnov).
double distance(const cpu_model& a, const cpu_model& b) {
  auto left = spread(a), right = spread(b);
  double most = 0;
  for (size_t i = 0; i < left.size(); ++i)
    most = std::max(most, std::abs(left[i] - right[i]));
  return most;
}

bool close(double a, double b, double share = 0.01) {
  return std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b)) + 1;
}

/// Equal within the rounding of counters.
void assert_alike(const container_state& a, const container_state& b) {
  RC_ASSERT(distance(a.cpu(), b.cpu()) < 0.03);
  RC_ASSERT(close(a.cpu().live(), b.cpu().live()));
  RC_ASSERT(a.cpu().highest() == b.cpu().highest());
  RC_ASSERT(close(a.cpu().peak(1), b.cpu().peak(1)));
  RC_ASSERT(a.cpu().by_hour() == b.cpu().by_hour());
  RC_ASSERT(close(a.memory().peak(), b.memory().peak()));
  RC_ASSERT(a.memory().live() == b.memory().live());
  RC_ASSERT(close(a.memory().watched_days(), b.memory().watched_days()));
  RC_ASSERT(a.memory().last_kill() == b.memory().last_kill());
  for (float price : {0.1f, 1.0f, 10.0f}) {
    memory_question ask{price, 0.05f, true};
    auto now = std::max(a.memory().last_kill(), 1u);
    auto left = a.memory().estimate(ask, now), right = b.memory().estimate(ask, now);
    RC_ASSERT(close(left.oom_floor, right.oom_floor));
  }
  RC_ASSERT(a.hours() == b.hours());
  RC_ASSERT(a.first_seen() == b.first_seen());
  RC_ASSERT(a.last_seen() == b.last_seen());
  RC_ASSERT(a.revision_hash() == b.revision_hash());
  RC_ASSERT(a.spent(resource_kind::cpu, change_cost::in_place) ==
            b.spent(resource_kind::cpu, change_cost::in_place));
}

container_state merged(container_state a, const container_state& b) {
  a.merge(b);
  return a;
}

/// A history with what else may happen: kills, changes, a new template.
container_state eventful(const history& past) {
  auto state = past.learn();
  if (*rc::gen::arbitrary<bool>()) {
    oom_event kill;
    kill.at = monday + std::chrono::minutes{*rc::gen::inRange(0, 600)};
    kill.memory_limit = *rc::gen::inRange<int64_t>(mebi, 4096 * mebi);
    state.observe_oom(kill);
  }
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
    state.note_change(resource_kind::cpu, change_cost::in_place);
  if (*rc::gen::arbitrary<bool>())
    state.start_revision(*rc::gen::element<std::string>("a", "b"), monday + 1h);
  return state;
}

/// Three observers of one container whose last words lie within an hour.
history neighbour() {
  auto past = *histories(30, 6);
  past.stretch = 4;
  return past;
}

}  // namespace

TEST_CASE("whatever was learned is saved and loaded bit for bit") {
  holds("checkpoints are exact", 100, [] {
    auto state = eventful(*histories());
    std::string why;
    auto back = container_state::load(state.save(), why);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == state);
    RC_ASSERT(back->save() == state.save());
  });
}

TEST_CASE("a damaged checkpoint is refused, whichever byte is hit") {
  holds("damage is noticed", 200, [] {
    auto state = eventful(*histories(8));
    auto bytes = state.save();
    auto at = *rc::gen::inRange<size_t>(0, bytes.size());
    bytes[at] = char(bytes[at] ^ *rc::gen::inRange(1, 256));
    if (*rc::gen::inRange(0, 4) == 0)
      bytes.resize(at);
    std::string why;
    auto back = container_state::load(bytes, why);
    RC_ASSERT((back ? *back == state : !why.empty()));
  });
}

TEST_CASE("merging is commutative within rounding") {
  holds("a + b = b + a", 150, [] {
    auto a = eventful(neighbour()), b = eventful(neighbour());
    assert_alike(merged(a, b), merged(b, a));
  });
}

TEST_CASE("merging is associative within rounding") {
  holds("(a + b) + c = a + (b + c)", 150, [] {
    auto one = neighbour(), two = neighbour(), three = neighbour();
    // Equally long watches that end within the hour: shards of one workload, not its ancestors.
    // They are in the same slot or all in different ones: a running slot is a mean over its pods, a
    // closed one a peak.
    auto length = std::min({one.levels.size(), two.levels.size(), three.levels.size()});
    auto step = *rc::gen::inRange(0, 3);
    int first = 0;
    for (auto* past : {&one, &two, &three}) {
      past->levels.resize(length);
      past->first_slot = first;
      first += step;
    }
    auto a = eventful(one), b = eventful(two), c = eventful(three);
    assert_alike(merged(merged(a, b), c), merged(a, merged(b, c)));
  });
}

TEST_CASE("an empty state changes nothing when merged, on either side") {
  holds("zero of the merge", 60, [] {
    auto state = eventful(*histories());
    RC_ASSERT(merged(state, {}) == state);
    RC_ASSERT(merged({}, state) == state);
  });
}

TEST_CASE("merging forgets no peak") {
  holds("the larger peak survives", 150, [] {
    auto a = neighbour().learn(), b = neighbour().learn();
    auto both = merged(a, b);
    // By the newer one's clock the older one's peak has faded, by six hours at most.
    double faded = std::exp2(-6.0 / 24) * 0.999;
    RC_ASSERT(both.memory().peak() >= std::max(a.memory().peak(), b.memory().peak()) * faded);
    RC_ASSERT(both.cpu().peak(24) >= std::max(a.cpu().peak(1), b.cpu().peak(1)) * 0.999f);
  });
}

// As long as there are about as many samples as in the slot before: where a workload is scaled out,
// the samples that come on top count less and less, so that one slot does not outweigh a day.
TEST_CASE("the order of samples within one slot of five minutes does not matter") {
  holds("order within a slot", 100, [] {
    auto past = *histories(30);
    auto straight = past.learn();
    for (uint32_t pod = 0; pod < 60; ++pod)
      straight.observe({past.end(), 500, 0, 16 * mebi, true}, pod);
    auto shuffled = straight;
    auto burst = *rc::gen::container<std::vector<std::pair<int, int>>>(
      60, rc::gen::pair(rc::gen::inRange(1, 4000), rc::gen::inRange(16, 4096)));
    auto take = [&](container_state& state) {
      for (size_t i = 0; i < burst.size(); ++i)
        state.observe({past.end() + 6min, float(burst[i].first), 0, burst[i].second * mebi, true},
                      uint32_t(i));
      state.observe({past.end() + 11min, 100, 0, 100 * mebi, true});
    };
    take(straight);
    std::reverse(burst.begin(), burst.end());
    auto turn = *rc::gen::inRange<size_t>(0, burst.size());
    std::rotate(burst.begin(), burst.begin() + std::ptrdiff_t(turn), burst.end());
    take(shuffled);
    assert_alike(straight, shuffled);
  });
}

TEST_CASE("one, ten and ten thousand pods of one distribution get the same recommendation") {
  auto policy = builtin_policies().at("production");
  auto sized = [&](uint32_t pods) {
    container_state state;
    for (int slot = 0; slot < 12 * 12; ++slot)
      for (uint32_t pod = 0; pod < pods; ++pod)
        // A climbing load; the first minutes are its lowest, and must not count for more.
        state.observe(
          {monday + slot * slot_length, float(100 + slot * 4), 0, (200 + slot) * mebi, true}, pod);
    return recommend_one(input_of(state, 5000, 8192 * mebi), policy, {}, monday + 12h).target;
  };
  auto one = sized(1);
  for (uint32_t pods : {10u, 10'000u}) {
    auto many = sized(pods);
    CAPTURE(pods);
    CHECK(*many.requests.memory == *one.requests.memory);
    CHECK(double(*many.requests.cpu) == Approx(double(*one.requests.cpu)).epsilon(0.02));
  }
}

TEST_CASE("how many pods show a distribution of usage does not move its recommendation") {
  auto policy = builtin_policies().at("production");
  holds("1, 10 and 10,000 pods of one distribution", 4, [&] {
    auto levels = *rc::gen::container<std::vector<int>>(12, rc::gen::inRange(100, 2000));
    auto width = *rc::gen::inRange(0, 30) / 100.0;
    auto sized = [&](uint32_t pods) {
      container_state state;
      for (int slot = 0; slot < 12 * 12; ++slot)
        for (uint32_t pod = 0; pod < pods; ++pod) {
          // Evenly over level × (1 ± width), in an order without a pattern.
          double turn = std::fmod(pod * 0.6180339887 + slot * 0.4142135624, 1.0);
          double use = levels[size_t(slot / 12)] * (1 + width * (2 * turn - 1));
          state.observe({monday + slot * slot_length, float(use), 0, int64_t(use * mebi), true},
                        pod);
        }
      return recommend_one(input_of(state, 5000, 8192 * mebi), policy, {}, monday + 12h).target;
    };
    auto one = sized(1).requests;
    for (uint32_t pods : {10u, 10'000u}) {
      auto many = sized(pods).requests;
      RC_ASSERT(close(double(*many.cpu), double(*one.cpu), 0.1));
      RC_ASSERT(close(double(*many.memory), double(*one.memory), 0.1));
    }
  });
}

TEST_CASE("a workload that is scaled out keeps its distribution") {
  auto learned = [](uint32_t pods_later) {
    container_state state;
    for (int slot = 0; slot < 12 * 24; ++slot) {
      uint32_t pods = slot < 12 * 12 ? 1 : pods_later;
      float cpu = slot < 12 * 12 ? 1000 : 100;
      for (uint32_t pod = 0; pod < pods; ++pod)
        state.observe({monday + slot * slot_length, cpu, 0, 100 * mebi, true}, pod);
    }
    return state;
  };
  // Half the time at 1000 m, half at 100 m: how many pods said so does not matter.
  CHECK(distance(learned(1).cpu(), learned(1000).cpu()) < 0.05);
}
