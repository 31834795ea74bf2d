// Range queries of Prometheus' HTTP API as texts: what is asked, and what the answer says.
// https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/time.hpp"

namespace scaleops::history {

enum class series_of : uint8_t { cpu, memory };

struct time_range {
  instant from{}, to{};  // both included
  milliseconds step{};
};

/// Path and query for one namespace's containers: cores, or the most bytes of each step. Where two
/// jobs scrape the same containers the larger value counts, never the sum.
std::string range_target(series_of what, const std::string& ns, const time_range& range);

struct range_series {
  std::string pod, container;
  std::vector<std::pair<instant, double>> points;  // in order of time; finite, not negative
};

/// Absent when the text is no successful answer; `problem` says why, in one line.
std::optional<std::vector<range_series>> read_range(std::string_view text, std::string& problem);

/// Cuts a span into pieces of so many steps at most, oldest first.
std::vector<time_range> pieces(const time_range& whole, size_t most_steps);

}  // namespace scaleops::history
