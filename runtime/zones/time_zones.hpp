// Time zones of the system's database (tzdata), for schedules in local time.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "messages/time.hpp"

namespace scaleops {

/// Offset from UTC that the IANA zone ("Europe/Berlin") has at an instant; absent for a zone that
/// the system does not know, and for every zone but UTC where no database is installed.
std::optional<std::chrono::seconds> zone_offset_at(std::string_view zone, instant at);

}  // namespace scaleops
