// What a proposal risks, as numbers for people and programs. No CAF here.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace scaleops {

/// One quantity of the coming week: its expectation, and the bounds of 90 %.
struct risk_range {
  double expected = 0;
  double low = 0;
  double high = 0;
  bool operator==(const risk_range&) const = default;
};

/// What one container risks in a week under a proposal. Absent: nothing is known, or the proposal
/// does not set what would be passed.
struct container_risk {
  std::string container;
  double days = 7;                           // that all is for
  bool memory_limited = false;               // judged at the memory limit; else at the request
  std::optional<risk_range> oom_chance;      // of at least one kill, 0 to 1; bounds of the chance
  std::optional<risk_range> over_request_h;  // hours of CPU use above the request
  std::optional<risk_range> throttled_h;     // hours in which the CPU limit cuts use off
  std::optional<risk_range> cpu_changes;     // of the request
  std::optional<risk_range> memory_changes;
  bool operator==(const container_risk&) const = default;
};

}  // namespace scaleops
