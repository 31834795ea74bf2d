#include "actors/updater/logic/schedule.hpp"

#include <catch2/catch.hpp>

#include "runtime/zones/time_zones.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

instant at(std::string_view text) {
  instant result{};
  REQUIRE(parse_rfc3339(text, result));
  return result;
}

schedule_window window(uint8_t days, milliseconds from, milliseconds until,
                       std::string zone = "UTC") {
  return {days, from, until, std::move(zone)};
}

constexpr uint8_t monday = 1, saturday = 1 << 5, sunday = 1 << 6, weekdays = 0x1f;

}  // namespace

TEST_CASE("no windows means always") {
  CHECK(schedule_open({}, at("2026-01-05T12:00:00Z"), utc_only));
}

TEST_CASE("a window holds its start and not its end, on its days only") {
  auto nine_to_five = std::vector{window(weekdays, 9h, 17h)};
  auto open = [&](std::string_view when) {
    return schedule_open(nine_to_five, at(when), utc_only);
  };
  CHECK_FALSE(open("2026-01-05T08:59:59Z"));
  CHECK(open("2026-01-05T09:00:00Z"));
  CHECK(open("2026-01-09T16:59:59Z"));
  CHECK_FALSE(open("2026-01-09T17:00:00Z"));
  CHECK_FALSE(open("2026-01-10T12:00:00Z"));  // Saturday
}

TEST_CASE("a window past midnight belongs to the day on which it starts") {
  auto night = std::vector{window(sunday, 22h, 4h)};
  auto open = [&](std::string_view when) { return schedule_open(night, at(when), utc_only); };
  CHECK(open("2026-01-04T22:00:00Z"));
  CHECK(open("2026-01-05T03:59:00Z"));  // Monday morning
  CHECK_FALSE(open("2026-01-05T04:00:00Z"));
  CHECK_FALSE(open("2026-01-04T03:00:00Z"));  // Sunday morning is Saturday's night
}

TEST_CASE("a whole day is from midnight to midnight") {
  auto all_monday = std::vector{window(monday, 0h, 24h)};
  CHECK(schedule_open(all_monday, at("2026-01-05T00:00:00Z"), utc_only));
  CHECK(schedule_open(all_monday, at("2026-01-05T23:59:59Z"), utc_only));
  CHECK_FALSE(schedule_open(all_monday, at("2026-01-06T00:00:00Z"), utc_only));
}

TEST_CASE("local time follows the zone through both changes of the clock") {
  // Berlin: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
  auto morning = std::vector{window(saturday | sunday, 2h, 4h, "Europe/Berlin")};
  auto open = [&](std::string_view when) {
    return schedule_open(morning, at(when), zone_offset_at);
  };
  // Winter: 01:00 UTC is 02:00.
  CHECK_FALSE(open("2026-03-28T00:59:59Z"));
  CHECK(open("2026-03-28T01:00:00Z"));
  CHECK_FALSE(open("2026-03-28T03:00:00Z"));
  // The night of the spring change has no 02:xx: the window is an hour shorter.
  CHECK_FALSE(open("2026-03-29T00:59:59Z"));
  CHECK(open("2026-03-29T01:00:00Z"));  // 03:00
  CHECK(open("2026-03-29T01:59:59Z"));
  CHECK_FALSE(open("2026-03-29T02:00:00Z"));  // 04:00
  // The night of the autumn change has 02:xx twice: an hour longer.
  CHECK(open("2026-10-25T00:00:00Z"));  // 02:00 summer time
  CHECK(open("2026-10-25T01:30:00Z"));  // 02:30 again
  CHECK(open("2026-10-25T02:59:59Z"));
  CHECK_FALSE(open("2026-10-25T03:00:00Z"));
}

TEST_CASE("the date line is crossed correctly") {
  // Monday 09:00 in Auckland is Sunday 20:00 UTC (summer, +13).
  auto there = std::vector{window(monday, 9h, 10h, "Pacific/Auckland")};
  CHECK(schedule_open(there, at("2026-01-04T20:30:00Z"), zone_offset_at));
  CHECK_FALSE(schedule_open(there, at("2026-01-05T20:30:00Z"), zone_offset_at));
}

TEST_CASE("a window in an unknown zone is never open") {
  auto nowhere = std::vector{window(0x7f, 0h, 24h, "Nowhere/City")};
  CHECK_FALSE(schedule_open(nowhere, at("2026-01-05T12:00:00Z"), zone_offset_at));
  CHECK_FALSE(schedule_open(nowhere, at("2026-01-05T12:00:00Z"), utc_only));
  // But another window of the list may be.
  nowhere.push_back(window(0x7f, 0h, 24h));
  CHECK(schedule_open(nowhere, at("2026-01-05T12:00:00Z"), zone_offset_at));
}
