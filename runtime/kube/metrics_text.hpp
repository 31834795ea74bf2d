// Prometheus' text format, as far as scraped counters and gauges need it.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scaleops::kube {

struct metric_sample {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string>> labels;  // values unescaped
  double value = 0;
  std::optional<int64_t> at_ms;

  std::string_view label(std::string_view name) const;
};

/// Calls `take` for every sample whose name `wanted` accepts. Comments, blank lines and other
/// samples are passed over. Gives the number of lines that could not be read.
size_t read_metrics(std::string_view text, const std::function<bool(std::string_view)>& wanted,
                    const std::function<void(const metric_sample&)>& take);

}  // namespace scaleops::kube
