// Time as the states keep it: whole seconds since 1970, in four bytes.
#pragma once

#include <chrono>
#include <cstdint>

#include "messages/time.hpp"

namespace scaleops {

inline uint32_t seconds_of(instant at) {
  return uint32_t(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

}  // namespace scaleops
