#include "messages/time.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

TEST_CASE("RFC 3339 round-trips and offsets are honoured") {
  instant at{};
  REQUIRE(parse_rfc3339("2026-01-05T12:00:00Z", at));
  CHECK(format_rfc3339(at) == "2026-01-05T12:00:00Z");
  instant shifted{};
  REQUIRE(parse_rfc3339("2026-01-05T14:00:00.250+02:00", shifted));
  CHECK(shifted - at == 250ms);
}

TEST_CASE("malformed times are refused") {
  for (auto text :
       {"", "2026-01-05", "2026-13-05T12:00:00Z", "2026-01-05T25:00:00Z", "2026-01-05T12:00:00",
        "2026-01-05T12:00:00+2", "2026-01-05T12:00:00.Z", "2026-01-05 12:00:00Z",
        "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00+00:01"}) {
    instant at{};
    INFO(text);
    CHECK_FALSE(parse_rfc3339(text, at));
  }
}

TEST_CASE("durations read Go's form and days, and format back") {
  milliseconds value{};
  REQUIRE(parse_duration("1h30m", value));
  CHECK(value == 90min);
  CHECK(format_duration(value) == "1h30m");
  REQUIRE(parse_duration("14d", value));
  CHECK(format_duration(value) == "14d");
  REQUIRE(parse_duration("1.5s", value));
  CHECK(value == 1500ms);
  CHECK_FALSE(parse_duration("5", value));
  CHECK_FALSE(parse_duration("-5s", value));
  CHECK_FALSE(parse_duration("5x", value));
}
