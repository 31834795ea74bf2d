// Any bytes as recorded usage, plain or gzip: never a crash, an error that names the file, and no
// row that is impossible or out of order.
#include <cmath>
#include <cstdlib>
#include <string>

#include "runtime/trace/trace_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  trace_reader reader{"t.csv", std::string{reinterpret_cast<const char*>(data), size}};
  trace_row row;
  std::string series;
  int64_t last_at = 0;
  auto possible = [](const std::optional<double>& value) {
    return !value || (std::isfinite(*value) && *value >= 0);
  };
  while (reader.next(row)) {
    if (row.series.empty() || row.new_series != (row.series != series) ||
        (!row.new_series && row.at_s <= last_at) || row.at_s <= 0 || !possible(row.cpu_cores) ||
        !possible(row.memory_bytes))
      std::abort();
    series = row.series;
    last_at = row.at_s;
  }
  if (reader.error() && !reader.error()->to_string().starts_with("t.csv"))
    std::abort();
  return 0;
}
