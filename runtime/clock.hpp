// The wall's clock, for what runs beside the rest of the world. Actors have the actor system's.
#pragma once

#include <chrono>

#include "messages/time.hpp"

namespace scaleops {

/// To the millisecond, as all our instants.
inline instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace scaleops
