// A person's wish for one workload, put into its Recommendation's spec.
#pragma once

#include <string>

#include "actors/dashboards/logic/input.hpp"

namespace scaleops::dashboards::logic {

struct changed_recommendation {
  recommendation object;
  bool differs = false;  // false: it was so already
  bool fresh = false;    // it must be created
  std::string before;    // for the audit
  std::string after;
};

/// `existing` null: the workload has no Recommendation yet, so one without status is made.
changed_recommendation apply_change(const recommendation* existing, const workload_ref& ref,
                                    change_wish::what kind, const std::string& policy,
                                    const std::string& who, instant now);

}  // namespace scaleops::dashboards::logic
