// One action on one pod under way: what resizer and evictor hear from the updater, and what they
// tell it.
#pragma once

#include <memory>
#include <set>
#include <string>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/common/env.hpp"
#include "actors/common/logic/unheard.hpp"
#include "actors/updater/logic/planner.hpp"
#include "actors/updater/updater.hpp"

namespace scaleops {

/// The pod of this flight, or another one of its workload, came, changed or went.
struct pod_moved {
  std::shared_ptr<const pod> now;
  bool deleted = false;
};
using flight_actor = caf::typed_actor<caf::reacts_to<pod_moved>>;

/// The API server took the action. After a resize of this generation, whatever the pod's spec says
/// is not from us.
struct action_accepted {
  std::string uid;
  int64_t generation = 0;  // 0: an eviction
};

/// The action is over.
struct flight_ended {
  enum class end : uint8_t {
    done,
    refused,     // by the API server or the kubelet: `why` says
    gone,        // the pod went away or changed under us: plan anew
    unreplaced,  // evicted, but no replacement got ready in time
    unsized,     // evicted, but the replacement does not carry our resources
    unclear,     // the request may have been carried out: nobody has heard
  } how = end::done;
  pod_wish wish;
  refusal why = refusal::none;
  std::string detail;
  bool stamped = true;           // of a resize that is done: the pod says so
  uint64_t stamped_version = 0;  // of the pod then, as far as it is known
};

using flight_sink_actor =
  caf::typed_actor<caf::reacts_to<action_accepted>, caf::reacts_to<flight_ended>>;

/// What each flight is given.
struct flight_order {
  pod_wish wish;
  std::set<std::string> siblings;  // uids of the workload's pods when the order was given
};

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::pod_moved)
SCALEOPS_LOCAL_MESSAGE(scaleops::action_accepted)
SCALEOPS_LOCAL_MESSAGE(scaleops::flight_ended)
