#include "runtime/kube/lanes.hpp"

#include <catch2/catch.hpp>

using namespace scaleops::kube;
using namespace std::chrono_literals;

TEST_CASE("a burst passes, then the rate holds") {
  rate_lanes rates{10, 5};
  rate_lanes::time_point now{1h};
  for (int i = 0; i < 5; ++i)
    CHECK(rates.take(lane::urgent, now));
  CHECK(!rates.take(lane::urgent, now));
  auto wait = rates.wait(lane::urgent, now);
  CHECK(wait >= 100ms);
  CHECK(wait <= 102ms);
  CHECK(rates.take(lane::urgent, now + wait));
  CHECK(!rates.take(lane::urgent, now + wait));
}

TEST_CASE("lesser lanes leave something to the greater ones") {
  rate_lanes rates{1, 101};
  rate_lanes::time_point now{1h};
  auto taken = [&](lane which) {
    int count = 0;
    while (rates.take(which, now))
      ++count;
    return count;
  };
  CHECK(taken(lane::bookkeeping) == 71);
  CHECK(taken(lane::normal) == 20);
  CHECK(taken(lane::urgent) == 10);
}

TEST_CASE("tokens do not pile up beyond the burst") {
  rate_lanes rates{1000, 3};
  rate_lanes::time_point now{1h};
  rates.take(lane::urgent, now);
  int count = 0;
  while (rates.take(lane::urgent, now + 24h))
    ++count;
  CHECK(count == 3);
}
