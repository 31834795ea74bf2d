// What a look at a real cluster came to: what its workloads request now, and what they would need.
#pragma once

#include <string>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops {

struct live_workload {
  workload_ref ref;
  int32_t replicas = 0;
  double coverage = 0;                     // 0 to 1, of the history needed
  double cpu_now = 0, cpu_then = 0;        // cores, all replicas
  double memory_now = 0, memory_then = 0;  // bytes, all replicas
};

struct live_report {
  std::string context, server, version;
  instant from{}, to{};
  uint64_t pods = 0;
  uint64_t measured = 0;                 // container samples taken
  std::vector<live_workload> workloads;  // most CPU saved first
  double cpu_now = 0, cpu_then = 0;
  double memory_now = 0, memory_then = 0;
  std::vector<std::string> troubles;  // one line each: what could not be read, and why
};

/// One workload's part. Where nothing is recommended what there is counts.
live_workload weigh(const recommendation& value);

/// Sorts and sums up.
void complete(live_report& report);

std::string report_text(const live_report& report);
std::string report_json(const live_report& report);

}  // namespace scaleops
