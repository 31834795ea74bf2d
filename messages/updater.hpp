// The updater: brings running pods to their recommendations, gently.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "messages/component.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

enum class update_action : uint8_t { resize, evict };
std::string_view to_string(update_action action);

/// Why nothing was done (or not yet); names are metric labels.
enum class refusal : uint8_t {
  none,
  not_granted,
  excluded,
  gate_closed,      // healthcheck red or admissions stale
  paused,           // a person stopped everything
  below_threshold,  // too small a change to bother
  cool_down,
  budget_spent,       // cluster-wide disruptions a minute, or workload's share
  disruption_budget,  // PodDisruptionBudget
  do_not_disrupt,     // annotation of the pod
  single_replica,
  rollout_in_progress,
  not_ready,  // a pod of the workload is not ready
  job,        // runs are not disturbed
  mode,       // policy says never or on create
  outside_schedule,
  qos_change,
  node_room,
  live_memory,  // would go below what is in use
  infeasible,
  deferred,
  api_error,
  fight,  // another owner keeps reverting us
};
std::string_view to_string(refusal why);

/// One thing that the updater did or refused to do.
struct update_record {
  instant at{};
  workload_ref workload;
  pod_ref pod;
  update_action action = update_action::resize;
  bool done = false;
  refusal why = refusal::none;
  std::string detail;
  container_resources before;  // of the container that changes most
  container_resources after;
  std::string container;
};

/// Stops all disruptions and resizes (person's switch). Undoable.
struct pause_updates {
  bool paused = true;
  std::string by;
};

struct update_log_query {
  uint64_t after = 0;  // sequence number; 0: all that is remembered
};
struct update_log {
  uint64_t last = 0;
  std::vector<update_record> records;
};

using updater_actor =
  component_actor::extend<caf::reacts_to<recommendation_made>,
                          caf::replies_to<pause_updates>::with<component_status>,
                          caf::replies_to<update_log_query>::with<update_log>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::pause_updates)
SCALEOPS_LOCAL_MESSAGE(scaleops::update_log_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::update_log)
