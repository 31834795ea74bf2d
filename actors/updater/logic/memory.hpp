// What the updater remembers between rounds. Nothing here must survive a restart: a new updater
// only acts more slowly.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/common/logic/resources_json.hpp"
#include "actors/updater/logic/rules.hpp"
#include "messages/updater.hpp"

namespace scaleops {

/// One action under way.
struct flight {
  update_action action = update_action::resize;
  bool disruptive = false;  // an eviction, or a resize that restarts a container
  workload_ref workload;
  std::shared_ptr<const pod> target;
};

struct pod_memory {
  instant last_resize{};         // our own attempt, whatever came of it
  named_resources sent;          // what we asked for last; compared with what stands there later
  int64_t sent_generation = 0;   // the pod's generation after our resize; 0: no resize stands
  bool unsure = false;           // nobody heard what became of it
  bool told = false;             // it is in force, and was told
  int64_t told_generation = 0;   // sent again by mistake, a resize leaves the generation as it is
  uint64_t stamped_version = 0;  // of the pod when we last stamped it; older views say nothing
  named_resources infeasible;    // a wish that the node refused for good
  std::string infeasible_node;
  std::optional<instant> blocked_since;  // in place is not possible since then
};

struct workload_memory {
  instant last_disruption{};
  instant hold_until{};  // nothing is done before, for this reason
  refusal hold_why = refusal::none;
  std::string hold_detail;
  uint32_t refusals = 0;        // in a row by the API server: doubles the back-off
  std::deque<instant> reverts;  // someone took our change back
};

struct usage_memory {
  std::map<std::string, int64_t> working_set;  // bytes by container
  instant at{};
};

struct updater_memory {
  std::map<std::string, flight> flights;   // by pod uid
  std::map<std::string, pod_memory> pods;  // by pod uid
  std::map<workload_ref, workload_memory> workloads;
  std::map<pod_ref, usage_memory> usage;
  std::set<std::string> unmeasured;      // nodes that gave no live use when asked last
  std::map<std::string, instant> asked;  // nodes: when their answer last came, or failed to
  std::deque<instant> failures;          // disruptions that ended badly

  /// The API server refused (429, 5xx): the workload rests, twice as long each time in a row.
  void back_off(const workload_ref& ref, refusal why, std::string detail,
                const updater_rules& rules, instant now);
  void calm_down(const workload_ref& ref);

  /// Another writer took our change back. True when that makes it a fight: the workload is left
  /// alone for a while.
  bool note_revert(const workload_ref& ref, std::string detail, const updater_rules& rules,
                   instant now);

  void note_failure(const updater_rules& rules, instant now);

  /// Remembers since when a pod cannot be resized in place.
  void note_blocked(const std::string& uid, bool blocked, instant now);

  /// Forgets workloads that nothing has been said of for a day.
  void prune(instant now);

  /// Forgets a pod that is gone.
  void forget(const pod& gone);
};

/// Whether somebody replaced what we asked for: a container had it, and now has something else that
/// is not from us.
bool reverted(const pod_memory& memory, const pod& before, const pod& now_has);

}  // namespace scaleops
