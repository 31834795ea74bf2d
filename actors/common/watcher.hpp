// Watcher: keeps one component in step with all objects of one kind, whatever happens to the watch.
#pragma once

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "messages/watch.hpp"

namespace scaleops {

struct watcher_config {
  object_kind kind = object_kind::pod;
  uint32_t page = 500;                                      // objects a list call
  milliseconds request_timeout = std::chrono::seconds{30};  // list and open
  milliseconds idle_timeout =
    std::chrono::minutes{5};  // a watch that is silent for so long is opened anew
  milliseconds retry_first = std::chrono::seconds{1};  // back-off: doubles with jitter
  milliseconds retry_most = std::chrono::seconds{30};
};

/// Lists, then watches; resumes after a lost watch, lists anew after ec::gone and tells only the
/// difference; drops stale and repeated events. Linked to its parent, which must understand
/// `objects_sink_actor`.
void spawn_watcher(caf::local_actor* parent, watcher_config cfg, const component_env& env,
                   objects_sink_actor sink);

}  // namespace scaleops
