#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "integration/bench/accounting.hpp"
#include "integration/bench/report.hpp"

using namespace scaleops::bench;

namespace {

constexpr uint8_t one = 1, other = 2;

struct as_part {
  explicit as_part(uint8_t part) { running_part = part; }
  ~as_part() { running_part = 0; }
};

platform_cost cost_of(size_t workloads, double cores, int64_t mib) {
  platform_cost cost;
  cost.size = {workloads, workloads * 10};
  cost.parts.push_back({"agent", cores / 2, 0, 0, mib << 19, mib << 19, true});
  cost.parts.push_back({"updater", cores / 2, 0, 0, 0, 0, true});
  cost.parts.push_back({"cluster", 100, 0, 0, int64_t{1} << 40, 0, false});
  return cost;
}

}  // namespace

TEST_CASE("memory is charged to the part that took it, whoever frees it") {
  auto before = held_by(one), bystander = held_by(other);
  std::unique_ptr<char[]> block;
  {
    as_part running{one};
    block = std::make_unique<char[]>(1000);
  }
  CHECK(held_by(one).bytes - before.bytes == 1008);
  CHECK(held_by(one).blocks - before.blocks == 1);
  {
    as_part running{other};
    block.reset();
  }
  CHECK(held_by(one).bytes == before.bytes);
  CHECK(held_by(other).bytes == bystander.bytes);
}

TEST_CASE("a block costs what malloc takes for it, without the bench's own byte") {
  as_part running{one};
  for (size_t size : {1u, 24u, 25u, 40u, 56u, 100u, 1000u, 1016u, 5000u}) {
    auto before = held_by(one).bytes;
    auto block = std::make_unique<char[]>(size);
    auto expected = std::max<int64_t>(32, (int64_t(size) + 8 + 15) / 16 * 16);
    CHECK(held_by(one).bytes - before == expected);
  }
}

TEST_CASE("a block that was given away counts for its new owner") {
  as_part running{one};
  std::string text(500, 'x');
  auto before = held_by(one).bytes, after = held_by(other).bytes;
  auto size = before;
  hand_over(text.data(), other);
  size -= held_by(one).bytes;
  CHECK(size >= 500);
  CHECK(held_by(other).bytes - after == size);
}

TEST_CASE("goals are judged by the six components alone") {
  auto goals = judge(cost_of(1'000, 0.05, 100), cost_of(10'000, 0.5, 900), {1, 1536});
  REQUIRE(goals.size() == 4);
  for (auto& each : goals)
    CHECK(each.met());
  CHECK(goals[0].is == Approx(0.5));
  CHECK(goals[1].is == Approx(900));
}

TEST_CASE("each goal can be missed") {
  CHECK_FALSE(judge(cost_of(1'000, 0.2, 100), cost_of(10'000, 1.1, 900), {1, 1536})[0].met());
  CHECK_FALSE(judge(cost_of(1'000, 0.1, 200), cost_of(10'000, 0.9, 1600), {1, 1536})[1].met());
  CHECK_FALSE(judge(cost_of(1'000, 0.05, 100), cost_of(10'000, 0.6, 900), {1, 1536})[2].met());
  CHECK_FALSE(judge(cost_of(1'000, 0.1, 90), cost_of(10'000, 0.9, 1000), {1, 1536})[3].met());
  CHECK_FALSE(goal{"ingest", 4.9, 5, "x", true}.met());
  CHECK(goal{"ingest", 5, 5, "x", true}.met());
}
