#include <catch2/catch.hpp>

#include "actors/dashboards/logic/history.hpp"

using namespace scaleops;
using namespace scaleops::dashboards::logic;
using namespace std::chrono_literals;

namespace {

using two = history<2>;

two fresh() {
  return {{{1min, 10}, {10min, 10}}, {fold::mean, fold::peak}};
}

const instant start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

}  // namespace

TEST_CASE("samples of one bucket fold into their mean or their peak") {
  auto h = fresh();
  h.add(start, {1, 1});
  h.add(start + 20s, {3, 3});
  h.add(start + 40s, {2, 2});
  auto read = h.read(start - 5min, start + 1min, 100);
  REQUIRE(read.at.size() == 1);
  CHECK(read.values[0][0] == 2);
  CHECK(read.values[1][0] == 3);
  CHECK(read.at[0] == start + 1min);
}

TEST_CASE("what was not measured stays missing, and rings keep the newest only") {
  auto h = fresh();
  for (int i = 0; i < 30; ++i)
    if (i != 27)
      h.add(start + i * 1min, {double(i), double(i)});
  auto read = h.read(start + 20min, start + 29min, 100);
  REQUIRE(read.at.size() == 10);
  CHECK(read.values[0].back() == 29);
  CHECK(std::isnan(read.values[0][7]));
  CHECK(read.values[0][6] == 26);
}

TEST_CASE("a span beyond the fine ring is read from the coarse one, merged to what was asked for") {
  auto h = fresh();
  for (int i = 0; i < 90; ++i)
    h.add(start + i * 1min, {1, double(i)});
  auto read = h.read(start, start + 89min, 100);
  CHECK(read.period == 10min);
  REQUIRE(read.at.size() == 9);
  CHECK(read.values[1][0] == 9);
  auto merged = h.read(start, start + 89min, 3);
  CHECK(merged.at.size() <= 4);
  CHECK(merged.values[1].back() == 89);
}

TEST_CASE("a sample older than the open bucket is dropped, and a leap empties the ring") {
  auto h = fresh();
  h.add(start + 5min, {1, 1});
  h.add(start, {9, 9});
  h.add(start + 48h, {2, 2});
  auto read = h.read(start + 48h - 5min, start + 48h, 100);
  CHECK(read.values[0].back() == 2);
  CHECK(std::isnan(read.values[0].front()));
}

TEST_CASE("the compact form is exact to a thousandth from nothing to petabytes") {
  for (double value : {0.0, 1.0, 7.0, 250.0, 1e6, 5.5e9, 1e15}) {
    auto back = compact_codec::decode(compact_codec::encode(value));
    CHECK(back == Approx(value).epsilon(0.001).margin(0.001));
  }
  CHECK(std::isnan(compact_codec::decode(compact_codec::encode(missing))));
}
