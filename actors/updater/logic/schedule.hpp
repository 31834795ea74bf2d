// Weekly windows in local time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "messages/policy.hpp"

namespace scaleops {

/// Offset of a time zone from UTC at an instant; absent for a zone that is not known.
using zone_offset =
  std::function<std::optional<std::chrono::seconds>(std::string_view zone, instant at)>;

/// UTC only.
std::optional<std::chrono::seconds> utc_only(std::string_view zone, instant at);

/// Whether some window is open at `now`; no windows at all: always open. A window whose end is not
/// after its start runs past midnight and belongs to the day on which it starts. A window in an
/// unknown zone is never open. Local times are wall-clock times: a window over the spring change is
/// an hour shorter, over the autumn one longer.
bool schedule_open(const std::vector<schedule_window>& windows, instant now,
                   const zone_offset& offset);

}  // namespace scaleops
