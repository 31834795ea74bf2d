#include "actors/updater/logic/schedule.hpp"

namespace scaleops {

using namespace std::chrono;

namespace {

bool open(const schedule_window& window, instant now, const zone_offset& offset) {
  auto shift = offset(window.time_zone, now);
  if (!shift)
    return false;
  auto local = now + *shift;
  auto midnight = floor<days>(local);
  auto since = floor<milliseconds>(local - midnight);
  auto on = [&](sys_days day) {
    auto index = weekday{day}.iso_encoding() - 1;  // Monday is 0
    return (window.days >> index & 1) != 0;
  };
  if (window.from < window.until)
    return on(midnight) && since >= window.from && since < window.until;
  return (on(midnight) && since >= window.from) || (on(midnight - days{1}) && since < window.until);
}

}  // namespace

std::optional<seconds> utc_only(std::string_view zone, instant) {
  if (zone.empty() || zone == "UTC" || zone == "Etc/UTC" || zone == "Z")
    return seconds{0};
  return std::nullopt;
}

bool schedule_open(const std::vector<schedule_window>& windows, instant now,
                   const zone_offset& offset) {
  if (windows.empty())
    return true;
  for (auto& window : windows)
    if (open(window, now, offset))
      return true;
  return false;
}

}  // namespace scaleops
