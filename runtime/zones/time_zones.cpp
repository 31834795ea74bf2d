#include "runtime/zones/time_zones.hpp"

#include <stdexcept>
#include <string>

#include <date/tz.h>

namespace scaleops {

std::optional<std::chrono::seconds> zone_offset_at(std::string_view zone, instant at) {
  if (zone.empty() || zone == "UTC")
    return std::chrono::seconds{0};
  try {
    return date::locate_zone(std::string(zone))->get_info(at).offset;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace scaleops
