#include "runtime/embedded/usage_curve.hpp"

#include <catch2/catch.hpp>

#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace std::chrono_literals;
using scaleops::embedded::test::monday;

TEST_CASE("a trace holds its last value over short gaps, joins long ones and wraps at its end") {
  // 0 s, 300 s, a gap of an hour that is held, a gap of a day that is cut out.
  std::vector<trace_point> points = {
    {1000, 1, 10}, {1300, 2, 20}, {4900, 3, 30}, {4900 + 86400, 4, 40}};
  auto curve = make_trace_curve(points, monday());
  CHECK(curve->at(monday()).cpu == 1);
  CHECK(curve->at(monday() + 299s).cpu == 1);
  CHECK(curve->at(monday() + 300s).memory == 20);
  CHECK(curve->at(monday() + 3899s).cpu == 2);  // held
  CHECK(curve->at(monday() + 3900s).cpu == 3);
  CHECK(curve->at(monday() + 4199s).cpu == 3);
  CHECK(curve->at(monday() + 4200s).cpu == 4);  // the day is not waited for
  CHECK(curve->at(monday() + 4499s).cpu == 4);
  CHECK(curve->at(monday() + 4500s).cpu == 1);  // from the beginning
  CHECK(curve->at(monday() - 300s).cpu == 4);   // and before it
}

TEST_CASE("what a trace did not measure is the last that it did") {
  std::vector<trace_point> points = {{0, -1, 10}, {300, 5, -1}, {600, -1, 30}};
  auto curve = make_trace_curve(points, monday());
  CHECK(curve->at(monday()).cpu == 5);  // nothing before: the first one
  CHECK(curve->at(monday() + 300s).memory == 10);
  CHECK(curve->at(monday() + 600s).cpu == 5);
  CHECK(make_trace_curve({}, monday())->at(monday() + 1h).cpu == 0);
}

TEST_CASE("made curves stay between their bounds and repeat from their seed") {
  for (auto shape : {curve_shape::steady, curve_shape::diurnal, curve_shape::weekly,
                     curve_shape::bursty, curve_shape::batch, curve_shape::step}) {
    curve_recipe recipe;
    recipe.shape = shape;
    recipe.cpu_low = 0.1;
    recipe.cpu_high = 1;
    recipe.memory_low = 100;
    recipe.memory_high = 200;
    recipe.period = 1h;
    recipe.seed = 5;
    auto curve = make_curve(recipe), same = make_curve(recipe);
    double low = 9, high = 0;
    for (auto at = monday(); at < monday() + std::chrono::days{8}; at += 5min) {
      auto p = curve->at(at);
      REQUIRE(p.cpu >= 0.1);
      REQUIRE(p.cpu <= 1.0);
      REQUIRE(p.memory >= 100);
      REQUIRE(p.memory <= 200);
      REQUIRE(p.cpu == same->at(at).cpu);
      low = std::min(low, p.cpu);
      high = std::max(high, p.cpu);
    }
    if (shape != curve_shape::steady)
      CHECK(high > 2 * low);
  }
}

TEST_CASE("a diurnal curve is low at night and high by day, a weekly one rests on Sunday") {
  curve_recipe recipe;
  recipe.shape = curve_shape::diurnal;
  recipe.cpu_low = 0;
  recipe.cpu_high = 1;
  auto day = make_curve(recipe);
  CHECK(day->at(monday() + 3h).cpu < 0.2);
  CHECK(day->at(monday() + 14h).cpu > 0.8);
  recipe.shape = curve_shape::weekly;
  auto week = make_curve(recipe);
  CHECK(week->at(monday() + 14h).cpu > 2 * week->at(monday() + 6 * 24h + 14h).cpu);
}

TEST_CASE("a bursty curve bursts once a period for its share of it") {
  curve_recipe recipe;
  recipe.shape = curve_shape::bursty;
  recipe.cpu_low = 0;
  recipe.cpu_high = 1;
  recipe.period = 1h;
  recipe.duty = 0.2;
  auto curve = make_curve(recipe);
  int high = 0;
  for (int minute = 0; minute < 60 * 24; ++minute)
    high += curve->at(monday() + std::chrono::minutes{minute}).cpu > 0;
  CHECK(high == Approx(0.2 * 60 * 24).margin(24));
}
