// Any text as Prometheus' answer to a range query: never a crash, a reason where nothing is read,
// and no point that is impossible or out of order.
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

#include "runtime/history/range_query.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  std::string problem;
  auto read = history::read_range({reinterpret_cast<const char*>(data), size}, problem);
  if (!read) {
    if (problem.empty() || problem.find('\n') != problem.npos)
      std::abort();
    return 0;
  }
  for (auto& series : *read) {
    const instant* last = nullptr;
    for (auto& [at, value] : series.points) {
      if (!std::isfinite(value) || value < 0 || (last && at < *last))
        std::abort();
      last = &at;
    }
  }
  return 0;
}
