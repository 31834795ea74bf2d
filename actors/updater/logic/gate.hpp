// May the updater act at all? Red health, a missing webhook or a person's switch stop it.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/updater/logic/rules.hpp"
#include "messages/updater.hpp"

namespace scaleops {

struct gate_inputs {
  std::optional<std::string> paused_by;           // a person stopped everything
  bool admissions_ready = false;                  // evicted pods would come back unsized otherwise
  std::optional<instant> watch_lost_since;        // what we see of the cluster may be old
  bool budgets_unseen = false;                    // PodDisruptionBudgets may not be read
  const std::deque<instant>* failures = nullptr;  // failed disruptions
};

/// Degrees of freedom, each including the next: disrupt, shrink in place, grow in place.
struct gate_state {
  bool disrupt = false;
  bool shrink = false;
  bool grow = false;
  refusal why = refusal::none;  // of the first thing that is not allowed
  std::string detail;
};

/// The newest HealthReport of the system namespace; null: none.
std::shared_ptr<const health_report> newest_report(const cluster_view& view);

gate_state evaluate_gate(const gate_inputs& inputs, const health_report* report,
                         const updater_rules& rules, instant now);

}  // namespace scaleops
