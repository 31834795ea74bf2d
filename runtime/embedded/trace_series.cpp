#include "runtime/embedded/trace_series.hpp"

namespace scaleops::embedded {

std::variant<std::vector<trace_series>, trace_error> read_trace_series(
  const std::vector<std::string>& files, size_t most) {
  std::vector<trace_series> out;
  for (auto& file : files) {
    trace_reader reader{file};
    trace_row row;
    size_t taken = 0;
    while (reader.next(row)) {
      if (row.new_series) {
        if (most != 0 && taken == most)
          break;
        ++taken;
        out.push_back({std::string(row.series), {}});
      }
      out.back().points.push_back(
        {row.at_s, row.cpu_cores.value_or(-1), row.memory_bytes.value_or(-1)});
    }
    if (reader.error())
      return *reader.error();
  }
  return out;
}

}  // namespace scaleops::embedded
