#include "runtime/embedded/cpu_shares.hpp"

#include <catch2/catch.hpp>

using namespace scaleops::embedded;

TEST_CASE("everybody gets all while there is enough") {
  std::vector<cpu_claim> claims = {{1, 1, 0}, {2, 100, 0}};
  share_cpu(claims, 3);
  CHECK(claims[0].got == 1);
  CHECK(claims[1].got == 2);
}

TEST_CASE("a busy node is shared by weight, and nobody gets more than it wants") {
  std::vector<cpu_claim> claims = {{0.1, 1, 0}, {4, 1, 0}, {4, 3, 0}};
  share_cpu(claims, 4.1);
  CHECK(claims[0].got == Approx(0.1));
  CHECK(claims[1].got == Approx(1.0));
  CHECK(claims[2].got == Approx(3.0));
}

TEST_CASE("the shares of a busy node add up to the node") {
  std::vector<cpu_claim> claims;
  for (int i = 1; i <= 50; ++i)
    claims.push_back({i * 0.1, double((i * 37) % 11 + 1), 0});
  share_cpu(claims, 20);
  double sum = 0;
  for (auto& c : claims) {
    CHECK(c.got <= c.want + 1e-9);
    sum += c.got;
  }
  CHECK(sum == Approx(20));
}

TEST_CASE("a demand is throttled in part before its mean reaches the limit") {
  CHECK(throttle(1, 0.25, 1.3).share == 0);
  auto near = throttle(1, 0.25, 1.0);
  CHECK(near.share == Approx(0.5));
  CHECK(near.lost == Approx(0.0625));  // the mean of what lies above, over the whole time
  auto above = throttle(2, 0.25, 1.0);
  CHECK(above.share == 1);
  CHECK(above.lost == Approx(1.0));
  CHECK(throttle(1, 0.25, 0).share == 0);  // no limit
}
