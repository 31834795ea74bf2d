// The updater's picture of the cluster, kept up to date by watch events, and what each event means
// for it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/common/logic/decisions.hpp"
#include "actors/updater/logic/workload_index.hpp"

namespace scaleops {

/// One pod before and after an event; null where it was not there, or is no longer.
struct pod_step {
  std::shared_ptr<const pod> before;
  std::shared_ptr<const pod> after;
};

/// What one event means for the updater.
struct cluster_news {
  std::vector<pod_step> pods;  // in order; a pod that was replaced under its name goes, then comes
  bool urgent = false;         // a decision that heals
  bool rescan = false;         // grants, modes or bounds may have changed anywhere
};

class followed_cluster {
public:
  followed_cluster() = default;
  explicit followed_cluster(std::map<std::string, policy_spec> built_in)
      : board{std::move(built_in)} {}

  cluster_news apply(const watch_event& event);

  /// Everything has been listed once: pods are put to their workloads. Before, there is no index.
  void complete();

  /// A decision by message. True when it heals.
  bool tell(const decision_ptr& decision);

  bool is_complete() const { return complete_; }

  cluster_view view;
  workload_index index;
  decision_board board;

private:
  cluster_news apply_pod(const watch_event& event);
  bool apply_wish(const watch_event& event);

  bool complete_ = false;
};

}  // namespace scaleops
