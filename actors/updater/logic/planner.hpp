// Which pod next, how, and if not, why not: the updater's decisions as data.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/common/logic/decisions.hpp"
#include "actors/updater/logic/change.hpp"
#include "actors/updater/logic/gate.hpp"
#include "actors/updater/logic/memory.hpp"
#include "actors/updater/logic/rules.hpp"
#include "actors/updater/logic/schedule.hpp"
#include "actors/updater/logic/token_bucket.hpp"
#include "actors/updater/logic/workload_index.hpp"
#include "messages/kube.hpp"
#include "messages/updater.hpp"

namespace scaleops {

struct plan_inputs {
  const cluster_view& view;
  const workload_index& index;
  const decision_board& board;
  const updater_memory& memory;
  const updater_rules& rules;
  const zone_offset& zones;
  gate_state gate;
  instant started{};  // of this updater: what happened before is not its own doing
  instant now{};
};

/// What is to change on one pod.
struct pod_wish {
  update_action action = update_action::resize;
  workload_ref workload;
  std::shared_ptr<const pod> target;
  std::vector<container_resize> containers;  // of a resize
  std::string container;                     // the one that changes most, with
  container_resources before, after;
  std::string detail;  // "app: cpu 500m to 120m"
  double score = 0;    // relative size of the change
  bool grows = false;
  bool urgent = false;
  bool disruptive = false;  // an eviction, or a resize that restarts a container
  bool reverts = false;     // back to the origin
  bool confirms = false;    // in force already, not written on the pod: its answer was lost
  uint64_t revision = 0;    // of the recommendation
  std::string policy;
  milliseconds cool_down{};
  milliseconds min_ready{};  // how long the replacement must be ready
};

struct pod_refusal {
  pod_wish wish;
  refusal why = refusal::none;
  std::string detail;
};

struct update_plan {
  std::vector<pod_wish> actions;  // in the order in which they should be done
  std::vector<pod_refusal> refusals;
  std::set<std::string> measure;     // nodes whose live memory use must be known first
  std::set<std::string> blocked;     // uids of pods that cannot be resized in place now
  std::set<workload_ref> unsettled;  // must be looked at again even if nothing about them changes
  std::map<refusal, size_t>
    held;  // pods that are not as they should be, by reason; includes the silent reasons
};

/// Healing first, then growth, then larger changes; ties by name.
bool goes_before(const pod_wish& a, const pod_wish& b);

/// Plans for the workloads in `only`. Budgets are taken for the actions that are in the plan.
update_plan make_plan(const plan_inputs& in, const std::set<workload_ref>& only,
                      token_bucket& resizes, token_bucket& disruptions);

}  // namespace scaleops
