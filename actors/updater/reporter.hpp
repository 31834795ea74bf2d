// Reporter: tells the cluster what the updater did: events on the pods, the last action on the
// Recommendation's status.
#pragma once

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/common/env.hpp"
#include "actors/updater/updater.hpp"

namespace scaleops {

/// One thing done or refused that people should see.
struct report_update {
  update_record record;
  std::string reason;  // CamelCase, of the event
  bool warning = false;
};
using reporter_actor = caf::typed_actor<caf::reacts_to<report_update>>;

/// Linked to its parent. Losing a report is harmless; metrics and the log are complete without it.
reporter_actor spawn_reporter(caf::local_actor* parent, const updater_config& cfg,
                              const component_env& env);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::report_update)
