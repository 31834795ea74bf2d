// Evictor: one eviction, from the dry run until the replacement is ready.
#pragma once

#include <caf/fwd.hpp>

#include "actors/updater/flight.hpp"

namespace scaleops {

/// Asks by a dry run first, evicts, waits for the replacement through `pod_moved`. A
/// PodDisruptionBudget's refusal is tried again a few times with doubling pauses. Ends after one
/// flight_ended. Linked to its parent.
flight_actor spawn_evictor(caf::local_actor* parent, const updater_config& cfg,
                           const kube_actor& kube, flight_order order, flight_sink_actor sink);

}  // namespace scaleops
