// The labels and annotations that we put on a pod whose resources are ours, the same at admission
// and at a resize.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "actors/common/logic/resources_json.hpp"
#include "messages/objects.hpp"

namespace scaleops {

struct pod_stamps {
  string_map labels;
  string_map annotations;

  bool stands_on(const metadata& meta) const;
};

struct stamp_inputs {
  uint64_t revision = 0;  // of the recommendation
  std::string policy;
  std::string admission;  // how it came about: "patched" or "resized"
  named_resources
    origin;  // before we first touched the pod; only for containers that its origin does not name
  named_resources applied;  // of the managed containers, now
};

/// `meta` is the pod's: an origin that stands there already is kept, as are containers managed
/// before.
pod_stamps stamps_for(const metadata& meta, const stamp_inputs& inputs);

/// The resources that the pod had before we first touched it; absent: never touched, or unreadable.
std::optional<named_resources> origin_of(const metadata& meta);

/// What stands in the pod without being written on it: containers of a pod that we touched whose
/// resources are neither what we applied last nor those of the origin.
named_resources unstamped(const pod& touched);

/// What is written on the pod about a container: applied last, else its origin; absent: neither.
std::optional<container_resources> stamped_resources(const metadata& meta,
                                                     const std::string& container);

/// Comma-separated names, sorted.
std::set<std::string> managed_containers_of(const metadata& meta);

}  // namespace scaleops
