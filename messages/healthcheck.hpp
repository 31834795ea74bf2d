// Healthcheck: asks every component and the webhook, by a canary, whether each promise is kept.
#pragma once

#include "messages/component.hpp"
#include "messages/objects.hpp"

namespace scaleops {

struct health_query {};
struct health_answer {
  health_report report;
};

using healthcheck_actor =
  component_actor::extend<caf::replies_to<health_query>::with<health_answer>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::health_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::health_answer)
