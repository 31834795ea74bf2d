// What the watches tell, turned into what the platform wants to know: workloads, their pods, and
// OOM kills.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "actors/common/logic/object_cache.hpp"
#include "messages/facts.hpp"

namespace scaleops {

/// A pod has a node and a workload: its containers can be scraped.
struct placed_pod {
  std::string uid;
  std::string node;
  workload_ref workload;
  uint32_t id = 0;
};

struct found_kill {
  std::string pod_uid;
  workload_ref workload;
  container_kill kill;
};

/// All that one round of events means, in the order in which it must be told.
struct discoveries {
  std::vector<workload_facts_ptr> seen;  // new or changed
  std::vector<workload_ref> gone;
  std::vector<placed_pod> placed;
  std::vector<std::string> removed;  // pod uids
  std::vector<found_kill> kills;
  bool empty() const {
    return seen.empty() && gone.empty() && placed.empty() && removed.empty() && kills.empty();
  }
};

/// Keeps the cluster's objects as far as the agent needs them. Deterministic: same events, same
/// discoveries.
class discovery {
public:
  void on_pod(const watch_event& event, discoveries& out);
  void on_workload(const watch_event& event, discoveries& out);
  void on_namespace(const watch_event& event, discoveries& out);
  void on_grouping(const watch_event& event, discoveries& out);

  size_t workloads() const { return known_.size(); }
  size_t pods() const { return placed_.size(); }
  size_t unresolved() const { return unresolved_.size(); }

private:
  struct known_workload {
    workload_facts_ptr facts;
    std::set<std::pair<std::string, std::string>> pods;  // namespace, name
  };

  void place(const object_cache<pod>::pointer& pod, discoveries& out);
  void remove(const pod& pod, discoveries& out);
  void refresh(const workload_ref& ref, discoveries& out);
  workload_facts_ptr facts_of(const workload_ref& ref, const known_workload& known) const;
  void retry_unresolved(const std::string& ns, discoveries& out);

  object_cache<pod> pods_;
  object_cache<workload> workloads_;
  object_cache<namespace_object> namespaces_;
  object_cache<custom_owner_grouping> groupings_;
  std::map<workload_ref, known_workload> known_;
  std::map<std::string, placed_pod> placed_;  // by pod uid
  std::set<std::pair<std::string, std::string>>
    unresolved_;  // pods whose owners have not been seen
  uint32_t next_pod_id_ = 1;
};

}  // namespace scaleops
