// The updater's numbers. Defaults are what a production cluster should run with.
#pragma once

#include <chrono>
#include <cstdint>

#include "actors/common/logic/resources.hpp"
#include "messages/time.hpp"

namespace scaleops {

struct updater_rules {
  // What is worth a change: a share of what is there, larger for small containers (share × (1 +
  // small / current)).
  double up_threshold = 0.10;
  double down_threshold = 0.15;
  amounts small{100, int64_t{128} << 20};
  double min_confidence = 0.3;  // below: nothing shrinks

  // Memory never goes below what is in use plus this share.
  double memory_margin = 0.10;
  milliseconds oldest_usage = std::chrono::seconds{60};

  // A wish that the kubelet put off: evict after this long if the pod grows, or let it wait for the
  // longer time if it is not urgent. Counted from our own attempt.
  milliseconds deferred_urgent = std::chrono::minutes{5};
  milliseconds deferred_other = std::chrono::minutes{30};

  // Whole cluster.
  double resizes_per_minute = 120;
  double disruptions_per_minute = 6;
  double disruption_share =
    0.1;  // of a workload's replicas may be under way at a time, always at least one
  double resize_share = 0.25;  // likewise for resizes that restart nothing
  milliseconds resize_gap =
    std::chrono::minutes{1};  // between two resizes of one pod; healing passes it

  // Gate.
  bool require_report = true;  // without a HealthReport the gate is shut
  milliseconds oldest_report = std::chrono::minutes{5};
  milliseconds oldest_recommendation = std::chrono::hours{24};
  uint32_t most_failures =
    3;  // failed disruptions within `failure_window` shut the gate for as long
  milliseconds failure_window = std::chrono::minutes{15};

  // Another writer that takes our change back.
  uint32_t fight_reverts = 3;
  milliseconds fight_window = std::chrono::minutes{30};
  milliseconds fight_pause = std::chrono::hours{1};

  // After a refusal of the API server: doubles from the first to the most.
  milliseconds backoff_first = std::chrono::seconds{30};
  milliseconds backoff_most = std::chrono::minutes{10};

  bool in_place = true;           // false: the cluster has no /resize (Kubernetes before 1.33)
  bool revert_withdrawn = false;  // a withdrawn grant brings the original resources back, in place
};

}  // namespace scaleops
