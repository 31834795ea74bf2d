// Which workload a pod belongs to: the top of its owner chain, or what a CustomOwnerGrouping makes of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops {

/// A workload object by namespace, kind and name; null when unknown.
using workload_lookup =
  std::function<const workload*(std::string_view ns, std::string_view kind, std::string_view name)>;

using groupings = std::vector<std::shared_ptr<const custom_owner_grouping>>;

struct owner_answer {
  std::optional<workload_ref> ref;  // absent: not known (yet), or a pod that nobody may manage (static pods)
  bool complete = true;             // false: a link of the chain was guessed from names, ask again later
};

/// Climbs from the pod to the topmost owner. A ReplicaSet or Job that is not known yet (its pod was faster) is bridged by
/// its pod-template-hash or its CronJob's name, provided that the owner guessed that way exists.
owner_answer owner_of(const pod& of, const workload_lookup& find, const groupings& groups = {});

/// A Job or CronJob: something that runs to its end.
bool runs_to_end(std::string_view kind);

}  // namespace scaleops
