// Updater: brings running pods to their recommendations, gently. One replica leads and acts.
#pragma once

#include <map>
#include <string>

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "actors/updater/logic/rules.hpp"
#include "actors/updater/logic/schedule.hpp"
#include "messages/component.hpp"
#include "messages/updater.hpp"

namespace scaleops {

struct updater_config {
  updater_rules rules;
  zone_offset zones = utc_only;  // of schedule windows; the platform gives runtime/zones
  std::map<std::string, policy_spec> policies;  // built in, for names without a Policy object
  milliseconds tick = std::chrono::seconds{5};
  milliseconds full_scan =
    std::chrono::minutes{1};  // every workload is looked at this often, changed or not
  milliseconds request_timeout = std::chrono::seconds{10};
  milliseconds bookmark_patience =
    std::chrono::minutes{5};  // a watch that is silent for so long is opened anew
  milliseconds lease_duration = std::chrono::seconds{15};
  milliseconds lease_renew = std::chrono::seconds{5};
  bool elect = true;          // false: act without a lease (read-only or single process)
  bool act = true;            // false: plan and report, change nothing
  size_t log_size = 2'000;    // records kept for update_log_query
  size_t most_measured = 16;  // nodes asked for live use at a time

  // One resize: how long a put-off one holds its place in the plan, and any one at all.
  milliseconds deferred_report = std::chrono::seconds{30};
  milliseconds resize_patience = std::chrono::minutes{2};
  // One eviction: until the replacement is ready.
  milliseconds replacement_patience = std::chrono::minutes{10};
  milliseconds retry_first = std::chrono::seconds{5};  // doubles with each retry of one action
  uint32_t retries = 3;
  milliseconds last_action_gap =
    std::chrono::seconds{30};  // between two writes to one Recommendation's status
};

/// `admissions` is asked whether it is ready, because evicted pods would come back unsized
/// otherwise. A null handle leaves that question to the HealthReport.
updater_actor spawn_updater(caf::actor_system& sys, updater_config cfg, component_env env,
                            component_actor admissions);

}  // namespace scaleops
