// What a run came to: the cluster's truth and the platform's own counters side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/embedded/model.hpp"
#include "runtime/platform/platform.hpp"

namespace scaleops {

/// Requests of the automated workloads' pods at one moment.
struct requested_now {
  double cpu_cores = 0;
  double memory_bytes = 0;
  uint64_t pods = 0;
};
requested_now measure_requests(const embedded::cluster_model& model,
                               const std::set<std::string>& granted);

struct run_report {
  instant from{}, to{};
  uint64_t seed = 0;
  uint64_t workloads = 0;             // automated ones
  requested_now at_start, at_end;     // automated workloads
  embedded::resource_integrals sums;  // automated workloads over the run
  double pod_days = 0;
  double series_days = 0;              // workload-days
  uint64_t oom_kills = 0;              // of automated workloads' containers, from their own limit
  uint64_t oom_node = 0;               // of the whole cluster, by node pressure
  embedded::cluster_statistics truth;  // whole cluster
  std::map<std::string, double> counters;  // the platform's metrics: name{labels} to value
  std::map<std::string, double> refused;   // updater's refusals by reason
  uint64_t digest = 0;                     // of the history: same seed, same digest

  double ooms_per_100_series_days() const {
    return series_days > 0 ? 100 * double(oom_kills) / series_days : 0;
  }
  /// Share of the starting requests that was not requested, on average over the run.
  double cpu_saved() const;
  double memory_saved() const;
};

run_report make_report(const embedded::cluster_model& model, const platform& components,
                       const std::set<std::string>& granted, const requested_now& at_start,
                       instant from, uint64_t seed, uint64_t digest);

std::string report_text(const run_report& report);
std::string report_json(const run_report& report);

}  // namespace scaleops
