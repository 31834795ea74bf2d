#include "runtime/up/cluster_choice.hpp"

#include <fmt/format.h>

#include "actors/common/logic/grant.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops {

namespace {

constexpr const char* granter = "demo-admin";

/// Copies of the made-up workloads beyond their number, under names of their own; the first ones
/// where fewer are wanted.
void set_workloads(embedded::cluster_spec& spec, size_t wanted) {
  size_t made = spec.workloads.size();
  for (size_t i = made; i < wanted; ++i) {
    auto copy = spec.workloads[i % made];
    auto& owner = copy.object;
    owner.meta.name += fmt::format("-{}", i / made + 1);
    auto rename = [&](auto& labels) {
      if (labels.contains("app"))
        labels["app"] = owner.meta.name;
    };
    rename(owner.meta.labels);
    rename(owner.selector);
    rename(owner.template_labels);
    spec.workloads.push_back(std::move(copy));
  }
  if (wanted >= made)
    return;
  spec.workloads.resize(wanted);
  std::set<std::pair<std::string, std::string>> kept;
  for (auto& workload : spec.workloads)
    kept.emplace(workload.object.meta.ns, workload.object.meta.name);
  std::erase_if(spec.others, [&](const object& other) {
    bool of_workload = kind_of(other) == object_kind::pod_disruption_budget ||
                       kind_of(other) == object_kind::horizontal_pod_autoscaler;
    return of_workload && !kept.contains({meta_of(other).ns, meta_of(other).name});
  });
}

void set_nodes(embedded::cluster_spec& spec, size_t wanted) {
  size_t made = spec.nodes.size();
  for (size_t i = made; i < wanted; ++i) {
    auto copy = spec.nodes[i % made];
    copy.meta.name = fmt::format("node-{:02}", i + 1);
    copy.meta.labels["kubernetes.io/hostname"] = copy.meta.name;
    spec.nodes.push_back(std::move(copy));
  }
  spec.nodes.resize(wanted);
}

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
    set_workloads(choice.spec, wish.workloads);
    set_nodes(choice.spec, wish.nodes);
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
