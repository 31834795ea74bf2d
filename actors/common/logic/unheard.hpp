// Requests whose answer was lost. Pure.
#pragma once

#include "messages/errors.hpp"

namespace scaleops {

/// Whether a request that failed so may have been carried out all the same.
inline bool may_be_done(ec code) {
  return code == ec::timeout || code == ec::unavailable || code == ec::server_error;
}

}  // namespace scaleops
