// The difference between what a running pod has and what it should have, one entry per container
// and resource.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/updater/logic/rules.hpp"
#include "messages/objects.hpp"

namespace scaleops {

struct resource_change {
  size_t container = 0;  // index into pod::containers
  resource_kind kind = resource_kind::cpu;
  std::optional<int64_t> request_from, request_to;
  std::optional<int64_t> limit_from, limit_to;
  bool grows = false;     // the request rises, or stays while the limit rises
  double relative = 0;    // |to - from| / from of what changes more; 10 where nothing was set
  bool outside = false;   // the current request is outside of the recommendation's bounds
  bool urgent = false;    // healing: the recommender said so, and it grows
  bool restarts = false;  // resizePolicy RestartContainer
  double confidence = 1;
};

/// Changes from the running pod to the recommendation; empty when all is right. Init containers
/// have run already and containers that the policy leaves alone are skipped.
std::vector<resource_change> changes_to(const pod& of, const workload_recommendation& decision,
                                        const policy_spec& policy, const limit_bounds& bounds);

/// Changes from the running pod back to given resources.
std::vector<resource_change> changes_back(const pod& of,
                                          const std::map<std::string, container_resources>& origin);

/// Large enough to bother: healing and leaving the bounds always are.
bool worthwhile(const resource_change& change, const updater_rules& rules);

/// The containers with the given changes made, QoS class not yet looked at.
std::vector<container_spec> with_changes(const std::vector<container_spec>& containers,
                                         const std::vector<resource_change>& changes);

/// "app: cpu 500m to 120m, app: memory limit none to 1Gi"
std::string describe(const pod& target, const std::vector<resource_change>& changes);

}  // namespace scaleops
