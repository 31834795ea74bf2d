// Logging of a process: spdlog to standard error, lines for people or JSON.
#pragma once

#include "runtime/config/options.hpp"

namespace scaleops {

/// Sets spdlog's default logger. Call once, before the first actor is spawned.
void set_up_log(const log_options& options);

}  // namespace scaleops
