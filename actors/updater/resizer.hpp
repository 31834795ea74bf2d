// Resizer: one in-place resize, from the first request until the kubelet has done it, put it off or
// refused it.
#pragma once

#include <caf/fwd.hpp>

#include "actors/updater/flight.hpp"

namespace scaleops {

/// Records the pod's origin, sends the resize, follows the pod's conditions through `pod_moved`,
/// stamps the pod when its resources are in force. Ends after one flight_ended. Linked to its
/// parent.
flight_actor spawn_resizer(caf::local_actor* parent, const updater_config& cfg,
                           const kube_actor& kube, flight_order order, flight_sink_actor sink);

}  // namespace scaleops
