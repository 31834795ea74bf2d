// Canary: creates a pod of its own under a grant of its own and looks whether the webhook changed
// it as it should.
#pragma once

#include <caf/fwd.hpp>

#include "actors/healthcheck/healthcheck.hpp"

namespace scaleops {

/// Go through the whole path once: recommendation, pod creation, patch, clean-up.
struct fly_canary {};
struct canary_flown {
  health_check check;  // named "webhook"
};
using canary_actor = caf::typed_actor<caf::replies_to<fly_canary>::with<canary_flown>>;

canary_actor spawn_canary(caf::local_actor* parent, const healthcheck_config& cfg,
                          const component_env& env);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::fly_canary)
SCALEOPS_LOCAL_MESSAGE(scaleops::canary_flown)
