// What a watcher actor (actors/common/watcher.hpp) tells the component that it works for.
#pragma once

#include <vector>

#include "messages/kube.hpp"

namespace scaleops {

/// Objects came, changed or went, in order. A deleted event carries the last known object. After a
/// relist the events are the difference to what was told before, so the receiver's cache stays
/// right without knowing of the relist.
struct objects_changed {
  object_kind kind = object_kind::pod;
  std::vector<watch_event> events;
};

/// All that was there at `at` has been told: the receiver's cache is complete. Repeated with every
/// bookmark.
struct watch_synced {
  object_kind kind = object_kind::pod;
  instant at{};
};

/// The watch broke; it is being opened again. The cache stays usable but grows stale.
struct watch_lost {
  object_kind kind = object_kind::pod;
  ec reason = ec::unavailable;
};

using objects_sink_actor =
  caf::typed_actor<caf::reacts_to<objects_changed>, caf::reacts_to<watch_synced>,
                   caf::reacts_to<watch_lost>>;

/// Leadership over a Lease was won or lost (actors/common/leader.hpp).
struct leadership_changed {
  bool leads = false;
  int32_t term = 0;  // the lease's transitions: a fencing token
};
using leadership_sink_actor = caf::typed_actor<caf::reacts_to<leadership_changed>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::objects_changed)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_synced)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_lost)
SCALEOPS_LOCAL_MESSAGE(scaleops::leadership_changed)
