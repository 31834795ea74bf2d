// From the kubelet's cumulative counters to samples: rates between two scrapes of the same
// container.
#pragma once

#include <cstdint>
#include <optional>

#include "messages/cluster.hpp"

namespace scaleops {

/// Counters as scraped; cumulative since `started`.
struct usage_counters {
  instant at{};
  instant started{};
  double cpu_seconds = 0;
  uint64_t periods = 0;
  uint64_t throttled_periods = 0;
  int64_t working_set = 0;
};

/// Why a scrape gave no sample; names are metric labels.
enum class sample_drop : uint8_t {
  none,
  repeated,    // same or older time stamp than before
  stale,       // older than `usage_limits::oldest`
  impossible,  // more CPU than the node has, or a negative working set
};
std::string_view to_string(sample_drop why);

struct usage_limits {
  milliseconds oldest = std::chrono::minutes{5};  // age of a scrape that is still believed
  double node_cores = 0;                          // 0: unknown
};

struct sample_or_drop {
  std::optional<usage_sample> sample;
  sample_drop why = sample_drop::none;
};

/// `before` absent: first scrape of this container, which gives memory only. A container that
/// restarted in between is measured from its start.
sample_or_drop rate_between(const std::optional<usage_counters>& before,
                            const usage_counters& after, const usage_limits& limits, instant now);

}  // namespace scaleops
