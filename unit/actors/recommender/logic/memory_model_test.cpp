#include "actors/recommender/logic/memory_model.hpp"
#include "messages/quantity.hpp"

#include <cmath>

#include <catch2/catch.hpp>

using namespace scaleops;

namespace {

constexpr uint32_t start = 1767571200;  // a Monday

memory_question ask(float price) {
  memory_question out;
  out.kill_price = price;
  return out;
}

/// Days of 5-minute samples from a function of the slot's number.
template <class Curve>
memory_model learned(int days, Curve curve) {
  memory_model model;
  for (int i = 0; i < days * 288; ++i)
    model.add(start + uint32_t(i) * 300, curve(i));
  return model;
}
uint32_t after(int days) {
  return start + uint32_t(days) * 86400;
}

}  // namespace

TEST_CASE("the dearer a kill, the more memory") {
  auto model =
    learned(10, [](int i) { return (400 + i % 7 * 10 + (i % 288 == 100 ? 200 : 0)) * mebi; });
  double before = 0;
  for (float price : {0.01f, 0.1f, 1.0f, 10.0f, 100.0f}) {
    auto value = model.estimate(ask(price), after(10)).value;
    CHECK(value >= before);
    before = value;
  }
  CHECK(model.estimate(ask(100), after(10)).value > model.estimate(ask(0.01f), after(10)).value);
}

TEST_CASE("a container whose leaps differ has more kills ahead of it than a calm one") {
  auto calm = learned(20, [](int) { return 600 * mebi; });
  auto leaping =
    learned(20, [](int i) { return (i % 100 < 3 ? 300 + i / 100 * 7919 % 900 : 250) * mebi; });
  auto price = ask(1);
  auto quiet = calm.estimate(price, after(20)), wild = leaping.estimate(price, after(20));
  CHECK(quiet.kills_a_day < wild.kills_a_day);
  double at_peak = leaping.overruns_a_day(wild.peak, price);
  CHECK(at_peak > calm.overruns_a_day(quiet.peak, price));
}

TEST_CASE("an old peak is forgotten, a repeated one is kept") {
  auto once = learned(30, [](int i) { return (i < 288 && i > 200 ? 2000 : 300) * mebi; });
  auto daily = learned(30, [](int i) { return (i % 288 > 270 ? 2000 : 300) * mebi; });
  auto price = ask(1);
  CHECK(once.estimate(price, after(30)).value < 1200 * mebi);
  CHECK(daily.estimate(price, after(30)).value > 1900 * mebi);
}

TEST_CASE("memory that ebbs between its peaks is held, not followed down and up again") {
  // 1 GiB for an hour every other day, 700 MiB else.
  auto model = learned(20, [](int i) { return (i % 576 < 12 ? 1024 : 700) * mebi; });
  for (float price : {1.0f, 2.0f, 4.0f}) {
    auto answer = model.estimate(ask(price), after(20));
    CHECK(answer.half_life_h > 100);
    CHECK(answer.value > 1024 * mebi);
  }
}

TEST_CASE("of the margins on a maximum that one is taken whose bytes and kills^0.75 cost least") {
  auto model =
    learned(40, [](int i) { return (i % 288 < 3 ? 600 + i / 288 * 7919 % 900 : 600) * mebi; });
  for (float price : {0.3f, 1.0f, 3.0f, 10.0f, 30.0f}) {
    auto question = ask(price);
    auto chosen = model.estimate(question, after(40));
    auto cost = [&](double margin, double kills) {
      // The maximum with a half-life of 600 h stands for the size; all are near the same peaks.
      double day = 1 + 0.35 * 24 / chosen.half_life_h;
      return chosen.peak * day * (1 + margin) +
             price * 1024 * mebi * std::sqrt(1.4) * std::pow(kills, 0.75);
    };
    double least = cost(chosen.margin, chosen.kills_a_day);
    for (double margin : {0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5}) {
      INFO(price << " " << margin << " against " << chosen.margin);
      auto kills = model.overruns_a_day(chosen.peak * (1 + margin), question);
      CHECK(cost(margin, kills) > 0.95 * least);
    }
  }
}

TEST_CASE("a kill raises memory at once and is forgotten within a day") {
  auto model = learned(3, [](int) { return 500 * mebi; });
  auto price = ask(1);
  double before = model.estimate(price, after(3)).value;
  oom_event kill;
  kill.at = instant{std::chrono::seconds{after(3)}};
  kill.memory_limit = kill.memory_request = int64_t(1000 * mebi);
  kill.cause = kill_cause::container_limit;
  model.add_kill(kill);
  auto now = model.estimate(price, after(3));
  CHECK(now.value == Approx(1200 * mebi));
  CHECK(now.urgent);
  auto later = model.estimate(price, after(4));
  CHECK(later.value == Approx(before));
  CHECK_FALSE(later.urgent);
}

TEST_CASE("a small container gets at least 100 MiB more after a kill") {
  auto model = learned(1, [](int) { return mebi; });
  oom_event kill;
  kill.at = instant{std::chrono::seconds{after(1)}};
  kill.memory_limit = int64_t(mebi);
  kill.cause = kill_cause::container_limit;
  model.add_kill(kill);
  CHECK(model.estimate(ask(1), after(1)).value == Approx(101 * mebi));
}

TEST_CASE("a row of kills stops at the cap: a leak is not fed") {
  auto model = learned(1, [](int) { return 300 * mebi; });
  double limit = 400 * mebi;
  for (uint32_t i = 0; i < 12; ++i) {
    oom_event kill;
    kill.at = instant{std::chrono::seconds{after(1) + i * 600}};
    kill.memory_limit = int64_t(limit);
    kill.cause = kill_cause::container_limit;
    model.add_kill(kill);
    limit = model.estimate(ask(1), after(1) + i * 600).value;
  }
  auto end = model.estimate(ask(1), after(1) + 12 * 600);
  CHECK(end.leak_cap > 0);
  CHECK(end.value <= 1200 * mebi * 1.001);
}

TEST_CASE("an answer that is kept at hand is the one that is worked out") {
  auto model = learned(9, [](int i) { return (200 + i % 91) * mebi; });
  auto aimed = model;
  aimed.aim(ask(3));
  CHECK(aimed.estimate(ask(3), after(9)).value == model.estimate(ask(3), after(9)).value);
}

TEST_CASE("merging knows the higher peaks of both and the time of both") {
  auto low = learned(5, [](int) { return 300 * mebi; }),
       high = learned(5, [](int) { return 900 * mebi; });
  auto both = low;
  both.merge(high);
  CHECK(both.peak() == high.peak());
  CHECK(both.watched_days() == Approx(low.watched_days() + high.watched_days()));
  auto other = high;
  other.merge(low);
  CHECK(other.estimate(ask(1), after(5)).value == Approx(both.estimate(ask(1), after(5)).value));
}

TEST_CASE("expected overruns fall as memory grows") {
  auto model = learned(10, [](int i) { return (i % 300 < 5 ? 500 : 250) * mebi; });
  double peak = model.estimate(ask(1), after(10)).peak, before = 1e9;
  for (double factor : {1.0, 1.05, 1.2, 1.6, 2.5, 5.0}) {
    double now = model.overruns_a_day(peak * factor, ask(1));
    CHECK(now <= before);
    CHECK(now >= 0);
    before = now;
  }
}

TEST_CASE("a slow leak is recognised within days and not fed without end") {
  // 10 % a day over a base of 400 MiB, compounding, no restart: 26 times as much after 35 days.
  auto model = learned(35, [](int i) { return 400 * std::exp2(0.1375 * i / 288) * mebi; });
  auto early = learned(3, [](int i) { return 400 * std::exp2(0.1375 * i / 288) * mebi; });
  auto price = ask(1);
  CHECK(early.estimate(price, after(3)).leak_cap == 0);  // too soon to tell
  auto told = model.estimate(price, after(35));
  CHECK(told.leak_cap == Approx(3 * 440 * mebi).epsilon(0.01));  // 3 times the first day's highest
  CHECK(told.value == told.leak_cap);
  CHECK(told.unheld > told.live);
  CHECK(told.growth_a_day > 0);
}

TEST_CASE("replicas that leak together and are killed one after the other stay suspected") {
  auto model = learned(8, [](int i) { return 400 * std::exp2(0.1375 * i / 288) * mebi; });
  auto price = ask(1);
  auto cap = model.estimate(price, after(8)).leak_cap;
  REQUIRE(cap > 0);
  auto kill_at = [&](uint32_t at, uint32_t started) {
    oom_event kill;
    kill.at = instant{std::chrono::seconds{at}};
    kill.started = instant{std::chrono::seconds{started}};
    kill.memory_limit = int64_t(900 * mebi);
    kill.cause = kill_cause::container_limit;
    model.add_kill(kill);
  };
  for (uint32_t replica = 0; replica < 5; ++replica)
    kill_at(after(8) + replica * 60, after(0));
  auto told = model.estimate(price, after(8) + 300);
  CHECK(told.leak_cap > 0);
  CHECK(told.value <= cap * 1.001);
  // One that had been restarted and is killed again needs what it takes.
  kill_at(after(8) + 3600, after(8) + 600);
  CHECK(model.estimate(price, after(8) + 3700).value > 900 * mebi);
}

TEST_CASE("a restart ends the suspicion of a leak, and a load that comes and goes raises none") {
  auto price = ask(1);
  auto sawtooth = learned(20, [](int i) { return (400 + i % (6 * 288) * 0.5) * mebi; });
  // Day 20 is the second one of a tooth.
  CHECK(sawtooth.estimate(price, after(20)).leak_cap == 0);
  // Peaks that grow by 5 % a day over lows that stay: load, not a leak.
  auto busier = learned(30, [](int i) {
    return (300 + (i % 288 > 200 ? 300 * std::exp2(0.07 * (i / 288)) : 0)) * mebi;
  });
  auto told = busier.estimate(price, after(30));
  CHECK(told.leak_cap == 0);
  CHECK(told.value > busier.peak());
}
