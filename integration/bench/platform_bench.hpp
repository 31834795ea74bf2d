// What the platform costs: the six components on an embedded cluster of some size, on virtual time.
// CPU is charged to the component whose actor runs, memory to the component that took it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace scaleops::bench {

struct platform_size {
  size_t workloads = 10'000;
  size_t containers = 100'000;
};

struct platform_load {
  int warm_minutes = 5;     // not measured
  int minutes = 20;         // measured
  int scrape_seconds = 15;  //
  int history_hours = 48;   // that the recommender has learned before
  double churn = 0.001;     // share of the pods that is deleted and replaced, a minute
  int viewer_seconds = 10;  // an open dashboard asks again so often; 0: nobody looks
};

struct part_cost {
  std::string name;
  double cpu = 0;          // seconds of CPU a simulated second
  double messages = 0;     // a simulated second
  double allocations = 0;  // a simulated second
  int64_t held = 0;        // bytes that it took itself
  int64_t followed =
    0;  // bytes of cluster objects that it follows: its own copies in a pod of its own
  bool component = false;  // one of the six
};

struct platform_cost {
  platform_size size;
  size_t pods = 0, nodes = 0;
  double simulated_s = 0, real_s = 0;
  std::vector<part_cost> parts;
  int64_t resident = 0;    // of the whole process, bytes
  double samples = 0;      // a simulated second
  double decisions = 0;    // a simulated second
  double resizes = 0;      // a simulated second
  double api_answers = 0;  // a simulated second
  double admissions = 0;   // pods created, a simulated second
};

/// The six together.
struct platform_sum {
  double cpu = 0;
  int64_t held = 0, followed = 0;
};
platform_sum sum_of(const platform_cost& cost);

/// Runs one size in a process of its own, so that one run's memory does not colour the next one's.
/// Throws std::runtime_error when that process fails.
platform_cost measure_platform(const platform_size& size, const platform_load& load);

nlohmann::json to_json(const platform_cost& cost);

}  // namespace scaleops::bench
