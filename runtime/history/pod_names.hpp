// Whose a pod was that is gone: Prometheus remembers it by its name only.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "messages/cluster.hpp"

namespace scaleops::history {

class pod_names {
public:
  /// A pod that is there now: its name needs no guess.
  void know(const pod_ref& pod, const workload_ref& owner) { known_[pod] = owner; }
  void add(const workload_ref& owner) { owners_[owner.ns].insert(owner); }

  /// By the way in which Kubernetes' controllers name pods; of several that fit the one with the
  /// longest name. Absent: nobody's.
  std::optional<workload_ref> owner_of(const pod_ref& pod) const;

private:
  std::map<pod_ref, workload_ref> known_;
  std::map<std::string, std::set<workload_ref>> owners_;  // by namespace
};

/// Whether `rest`, which follows the owner's name in a pod's, is of the form that its kind gives.
bool is_pod_suffix(std::string_view kind, std::string_view rest);

}  // namespace scaleops::history
