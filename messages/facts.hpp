// What is known of a workload besides its usage. No CAF here: pure logic includes it.
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
  string_map labels;                       // template's over owner's
  string_map annotations;                  // template's over owner's
  string_map namespace_labels;
  string_map namespace_annotations;
  std::string revision;  // pod-template-hash
  instant revision_since{};
  int32_t replicas = 0;  // desired
  instant created{};
  bool operator==(const workload_facts&) const = default;
};
using workload_facts_ptr = std::shared_ptr<const workload_facts>;

}  // namespace scaleops
