#include "runtime/replay/series_replay.hpp"
#include "messages/quantity.hpp"

#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

constexpr int64_t monday = 1767571200;

/// What a closed loop of 5-minute samples has seen.
struct course {
  int64_t most_early = 0, most_late = 0;  // highest request of the first and the second half
  int kills = 0;
};

/// `used` tells the demand in bytes from the slots since the last restart; a kill restarts.
template <class Demand>
course play(int days, Demand used) {
  auto& policy = builtin_policies().at("production");
  series_replay loop{policy, change_cost::in_place, 1h};
  loop.start(monday);
  course out;
  for (int slot = 0, since = 0; slot < days * 288; ++slot, ++since) {
    loop.step(monday + slot * 300, 0.1, used(slot, since));
    if (loop.killed()) {
      ++out.kills;
      since = 0;
    }
    auto& most = slot < days * 144 ? out.most_early : out.most_late;
    most = std::max(most, loop.memory_request());
  }
  return out;
}

}  // namespace

TEST_CASE("a leak that takes days to fill its memory is not fed without end") {
  // 300 MiB after each start and 240 MiB more every day: a request that always made room would
  // reach 29 GiB.
  auto leak = play(120, [](int, int since) { return (300 + since * 240 / 288.0) * mebi; });
  CHECK(leak.kills > 5);
  CHECK(leak.most_late <= leak.most_early);
  CHECK(double(leak.most_late) < 2048 * mebi);
}

TEST_CASE("honest growth over months is followed") {
  // Twice as much every 60 days, with the day's ups and downs.
  auto shop = play(120, [](int slot, int) {
    double hour = slot % 288 / 288.0, level = 500 * std::exp2(slot / 288.0 / 60);
    return level * (0.7 + (hour > 0.3 && hour < 0.7 ? 0.3 : 0)) * mebi;
  });
  CHECK(shop.kills == 0);
  CHECK(double(shop.most_late) > 2000 * mebi);
}

TEST_CASE("growth that looks like a leak is followed after all, once restarts do not help") {
  // 8 % more every day, whatever is restarted.
  auto boom = play(40, [](int slot, int) { return 500 * std::pow(1.08, slot / 288.0) * mebi; });
  CHECK(boom.kills < 8);
  CHECK(double(boom.most_late) > 500 * std::pow(1.08, 39) * mebi);
}
