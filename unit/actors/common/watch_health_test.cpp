#include "actors/common/watch_health.hpp"

#include <array>

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

constexpr std::array kinds = {object_kind::pod, object_kind::limit_range};
constexpr std::array spared = {object_kind::limit_range};
const instant now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

}  // namespace

TEST_CASE("a spared kind that may not be seen is done without until it is seen") {
  watch_health health{kinds, spared};
  health.on_lost(object_kind::limit_range, now, ec::forbidden);
  CHECK(health.unseen(object_kind::limit_range));
  CHECK_FALSE(health.complete());
  health.on_synced(object_kind::pod);
  CHECK(health.complete());
  CHECK_FALSE(health.lost_since());
  health.on_synced(object_kind::limit_range);
  CHECK_FALSE(health.unseen(object_kind::limit_range));
  CHECK(health.complete());
}

TEST_CASE("what is not spared, or fails otherwise, is waited for") {
  watch_health health{kinds, spared};
  health.on_synced(object_kind::limit_range);
  health.on_lost(object_kind::pod, now, ec::forbidden);
  CHECK_FALSE(health.unseen(object_kind::pod));
  CHECK_FALSE(health.complete());
  CHECK(health.lost_since() == now);
  CHECK(health.describe() == "waiting for Pod");
  health.on_synced(object_kind::pod);
  health.on_lost(object_kind::limit_range, now + 1s, ec::unavailable);
  CHECK(health.complete());
  CHECK(health.lost_since() == now + 1s);
}
