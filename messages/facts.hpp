// What is known of a workload and of a container's use, as plain values. No CAF here: pure logic
// includes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops {

/// What the recommender must know of a workload besides its usage. Sent when first seen and
/// whenever it changes.
struct workload_facts {
  workload_ref ref;
  std::string uid;                         // of the owner; empty for groups made from labels
  std::vector<container_spec> containers;  // of the newest template, sidecars and init included
  std::vector<container_resources>
    running;               // in force, largest over the live pods; same order; empty: none live
  string_map labels;       // template's over owner's
  string_map annotations;  // template's over owner's
  string_map namespace_labels;
  string_map namespace_annotations;
  std::string revision;  // pod-template-hash
  instant revision_since{};
  int32_t replicas = 0;  // desired
  instant created{};
  bool operator==(const workload_facts&) const = default;
};
using workload_facts_ptr = std::shared_ptr<const workload_facts>;

/// One sample of one container of one pod.
struct container_usage {
  uint16_t container = 0;  // index into workload_facts::containers
  uint32_t pod = 0;        // small id of the pod, stable within the agent's life
  usage_sample sample;
};
struct container_kill {
  std::string container;
  pod_ref pod;
  oom_event kill;
};

}  // namespace scaleops
