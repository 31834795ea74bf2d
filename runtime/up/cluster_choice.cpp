#include "runtime/up/cluster_choice.hpp"

#include <fmt/format.h>

#include "actors/common/logic/grant.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops {

namespace {

constexpr const char* granter = "demo-admin";

bool read_series(const std::string& path, std::vector<embedded::trace_series>& out,
                 std::string& error) {
  trace_reader reader{path};
  trace_row row;
  while (reader.next(row)) {
    if (row.new_series)
      out.push_back({std::string(row.series), {}});
    out.back().points.push_back(
      {row.at_s, row.cpu_cores.value_or(-1), row.memory_bytes.value_or(-1)});
  }
  if (reader.error()) {
    error = reader.error()->to_string();
    return false;
  }
  return true;
}

/// Grants as a person would have given them on the dashboard. One namespace is left out on purpose:
/// there people see recommendations that nobody applies.
void grant_all_but_last(cluster_choice& choice, instant at) {
  std::set<std::string> namespaces;
  for (auto& workload : choice.spec.workloads)
    if (!is_system_namespace(workload.object.meta.ns))
      namespaces.insert(workload.object.meta.ns);
  if (namespaces.size() > 1)
    namespaces.erase(std::prev(namespaces.end()));
  for (auto& ns : namespaces) {
    automated_namespace grant;
    grant.meta.name = ns;
    grant.grant = {granter, at};
    choice.spec.others.push_back(grant);
  }
  choice.granted = std::move(namespaces);
}

}  // namespace

bool choose_cluster(const cluster_wish& wish, cluster_choice& choice, std::string& error) {
  if (wish.traces.empty()) {
    choice.spec = embedded::make_demo(wish.seed);
    choice.description = fmt::format("a made-up cluster (seed {})", wish.seed);
  } else {
    std::vector<embedded::trace_series> series;
    for (auto& path : wish.traces)
      if (!read_series(path, series, error))
        return false;
    if (series.empty()) {
      error = wish.traces.front() + ": holds no series";
      return false;
    }
    embedded::trace_options options;
    options.start = wish.begin;
    choice.spec = embedded::make_trace_cluster(series, options);
    choice.description = fmt::format("{} recorded series", series.size());
  }
  grant_all_but_last(choice, wish.begin);
  choice.description +=
    fmt::format(": {} workloads, {} pods, {} nodes", choice.spec.workloads.size(),
                choice.spec.pods(), choice.spec.nodes.size());
  return true;
}

}  // namespace scaleops
