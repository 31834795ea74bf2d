// Which pods belong to which workload, and what each node holds, kept up to date event by event.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/common/logic/resources_json.hpp"
#include "messages/objects.hpp"

namespace scaleops {

class workload_index {
public:
  using pod_ptr = std::shared_ptr<const pod>;
  using pod_map = std::map<pod_ref, pod_ptr>;

  /// One pod came, changed (both given) or went. `view` must hold the event already.
  void on_pod(const pod_ptr& before, const pod_ptr& after, const cluster_view& view);

  /// A workload object came or changed: pods of its namespace that could not be placed are tried
  /// again.
  void on_workload(const workload& changed, const cluster_view& view);

  /// Everything anew, after a grouping changed.
  void rebuild(const cluster_view& view);

  /// Pods of a workload that have not ended; empty where there are none.
  const pod_map& pods_of(const workload_ref& ref) const;
  std::optional<workload_ref> workload_of(const pod_ref& ref) const;

  /// Resources of ours that the pod has and that are not written on it (`unstamped`, stamps.hpp).
  /// Known from its last change: reading its annotations in every round would cost most of the
  /// round.
  const named_resources& unstamped_of(const pod& one) const;

  /// Requests held on a node by pods that have not ended.
  amounts held_on(const std::string& node) const;

  /// Workloads whose pods or object changed since the last call.
  std::set<workload_ref> take_touched() { return std::exchange(touched_, {}); }
  void touch(const workload_ref& ref) { touched_.insert(ref); }

  size_t unplaced() const { return unplaced_.size(); }

private:
  void add(const pod_ptr& value, const cluster_view& view);
  void drop(const pod& value);

  std::map<workload_ref, pod_map> pods_;
  std::map<pod_ref, workload_ref> placed_;
  std::set<pod_ref> unplaced_;
  std::map<std::string, named_resources> unstamped_;  // by uid, where there are any
  std::map<std::string, amounts> held_;               // by node
  std::set<workload_ref> touched_;
};

}  // namespace scaleops
