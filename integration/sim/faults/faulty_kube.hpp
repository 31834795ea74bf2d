// Faulty kube: the way of one component to the API server. It understands what the port
// understands, hands requests and watch events over, and spoils them as its weather says.
#pragma once

#include <functional>
#include <memory>
#include <variant>

#include <caf/actor_system.hpp>

#include "integration/sim/faults/weather.hpp"
#include "messages/component.hpp"
#include "messages/entropy.hpp"
#include "messages/kube.hpp"

namespace scaleops::sim {

/// A request that changes something, at the moment when it reaches the API server.
using kube_write =
  std::variant<create_object, update_object, patch_metadata, delete_object, resize_pod, evict_pod>;

/// A component that does not do as it should: alters or replaces its own writes. Absent result: the
/// write is swallowed and reported as done.
using kube_mutation = std::function<std::optional<kube_write>(kube_write)>;

/// One component's road, shared by its faulty kube and whoever breaks it.
struct kube_road {
  kube_road(component who, uint64_t seed) : whose{who}, dice{seed} {}

  component whose;
  entropy dice;
  kube_weather weather;
  kube_mutation mutation;                        // of mutants only
  std::function<void(const kube_write&)> write;  // told of each write on its arrival
  uint64_t passed = 0, spoiled = 0;              // requests
};
using kube_road_ptr = std::shared_ptr<kube_road>;

/// Ends all of the component's watches: told (`reason`), or silently as a connection that is half
/// open.
struct break_watches {
  ec reason = ec::unavailable;
  bool silently = false;
};

using faulty_kube_actor = kube_actor::extend<caf::reacts_to<break_watches>>;

faulty_kube_actor spawn_faulty_kube(caf::actor_system& sys, kube_actor cluster, kube_road_ptr road);

}  // namespace scaleops::sim

SCALEOPS_LOCAL_MESSAGE(scaleops::sim::break_watches)
