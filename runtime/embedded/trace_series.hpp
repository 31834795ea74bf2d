// Recorded usage as an embedded cluster's workloads need it.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "runtime/embedded/cluster_spec.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops::embedded {

/// Reads all series of the given files (form: runtime/trace/trace_reader.hpp), in order; `most`
/// keeps the first ones of each file only, 0 all. The first error ends it.
std::variant<std::vector<trace_series>, trace_error> read_trace_series(
  const std::vector<std::string>& files, size_t most = 0);

}  // namespace scaleops::embedded
