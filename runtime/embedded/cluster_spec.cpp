// Nodes, and the clusters made from traces and for benchmarks. The demo stands in demo_spec.cpp.
#include "runtime/embedded/cluster_spec.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "messages/entropy.hpp"
#include "messages/quantity.hpp"

namespace scaleops::embedded {

namespace {

using namespace std::chrono_literals;

constexpr int64_t gibi = 1LL << 30;

template <class Get>
double percentile(const std::vector<trace_point>& points, double p, Get get) {
  std::vector<double> values;
  values.reserve(points.size());
  for (auto& point : points)
    if (auto v = get(point); v >= 0)
      values.push_back(v);
  if (values.empty())
    return -1;
  auto rank = size_t(std::min(double(values.size() - 1), p * double(values.size())));
  std::nth_element(values.begin(), values.begin() + ptrdiff_t(rank), values.end());
  return values[rank];
}

/// A DNS label from a series' name: lower case, everything else a dash, short enough for pod names.
std::string label_of(std::string_view text, size_t index) {
  std::string out;
  for (char c : text.substr(0, 40)) {
    if (c >= 'A' && c <= 'Z')
      c = char(c - 'A' + 'a');
    bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (good)
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-')
    out.pop_back();
  return out.empty() ? fmt::format("series-{}", index) : out;
}

int64_t round_up(double value, int64_t step) {
  return int64_t(std::ceil(value / double(step))) * step;
}

}  // namespace

node make_node(std::string name, int64_t cpu, int64_t memory, int32_t max_pods) {
  node out;
  out.meta.name = std::move(name);
  out.meta.labels["kubernetes.io/hostname"] = out.meta.name;
  out.meta.labels["kubernetes.io/os"] = "linux";
  out.capacity = {cpu, memory};
  out.allocatable = {cpu * 94 / 100, memory * 94 / 100 - 100 * mebi};
  out.max_pods = max_pods;
  return out;
}

size_t cluster_spec::pods() const {
  size_t sum = 0;
  for (auto& w : workloads)
    sum += w.object.kind == "DaemonSet" ? nodes.size()
           : w.object.kind == "CronJob" ? 0
                                        : size_t(w.object.replicas);
  return sum;
}

cluster_spec make_trace_cluster(const std::vector<trace_series>& series,
                                const trace_options& options) {
  cluster_spec out;
  auto replicas = std::max(1, options.replicas);
  int64_t cpu_sum = 0, memory_sum = 0, cpu_max = 1000, memory_max = gibi;
  std::map<std::string, size_t> names;
  for (size_t i = 0; i < series.size(); ++i) {
    auto& one = series[i];
    auto cpu = percentile(one.points, 0.99, [](const trace_point& p) { return p.cpu; });
    auto memory = percentile(one.points, 0.99, [](const trace_point& p) { return p.memory; });
    auto name = label_of(one.name, i);
    if (auto copies = names[name]++)
      name += fmt::format("-{}", copies);
    workload_spec w;
    w.object.kind = "Deployment";
    w.object.meta.ns = "traces";
    w.object.meta.name = name;
    w.object.replicas = replicas;
    w.object.selector["app"] = name;
    w.object.template_labels["app"] = name;
    container_spec c;
    c.name = "main";
    c.image = "trace/" + name + ":1";
    c.resources.requests.cpu =
      std::max<int64_t>(10, round_up(std::max(cpu, 0.0) * options.factor * 1000 / replicas, 1));
    c.resources.requests.memory =
      memory < 0 ? 256 * mebi
                 : std::max(32 * mebi, round_up(memory * options.factor / replicas, mebi));
    if (options.memory_limit > 0)
      c.resources.limits.memory =
        round_up(double(*c.resources.requests.memory) * options.memory_limit, mebi);
    cpu_sum += *c.resources.requests.cpu * replicas;
    memory_sum += *c.resources.requests.memory * replicas;
    cpu_max = std::max(cpu_max, *c.resources.requests.cpu);
    memory_max = std::max(
      memory_max, std::max(*c.resources.requests.memory, c.resources.limits.memory.value_or(0)));
    w.object.containers.push_back(std::move(c));

    container_load load;
    load.container = "main";
    load.curve = make_trace_curve(one.points, options.start);
    load.shared_memory = true;
    load.skew = load.noise = 0;  // the series itself is the truth
    auto profile = std::make_shared<load_profile>();
    if (memory < 0) {
      // The series knows CPU only: memory is steady.
      struct cpu_only final : usage_curve {
        usage_curve_ptr inner;
        double memory = 0;
        curve_point at(instant when) const override { return {inner->at(when).cpu, memory}; }
      };
      auto curve = std::make_shared<cpu_only>();
      curve->inner = std::move(load.curve);
      curve->memory = 100e6 * replicas;
      load.curve = std::move(curve);
    }
    profile->containers.push_back(std::move(load));
    w.load = std::move(profile);
    out.workloads.push_back(std::move(w));
  }
  // Nodes four times as large as the largest pod, so that nothing is stranded, and room for
  // everything twice.
  auto cpu_node = std::max<int64_t>(round_up(double(cpu_max) * 4, 1000), 16'000);
  auto memory_node = std::max<int64_t>(round_up(double(memory_max) * 4, gibi), 64 * gibi);
  auto count = 1 + std::max({cpu_sum * 2 / cpu_node, memory_sum * 2 / memory_node,
                             int64_t(series.size()) * replicas * 2 / 110});
  for (int64_t i = 0; i < count; ++i)
    out.nodes.push_back(make_node(fmt::format("node-{:03}", i), cpu_node, memory_node));
  return out;
}

cluster_spec make_scale(uint64_t seed, size_t workloads, size_t containers) {
  cluster_spec out;
  entropy dice{seed};
  workloads = std::max<size_t>(1, workloads);
  size_t pods_left = std::max(workloads, containers / 2);
  int64_t cpu_sum = 0, memory_sum = 0;
  auto total_pods = pods_left;
  for (size_t i = 0; i < workloads; ++i) {
    auto replicas = pods_left / (workloads - i);
    pods_left -= replicas;
    workload_spec w;
    w.object.kind = "Deployment";
    w.object.meta.ns = fmt::format("team-{:03}", i % std::max<size_t>(1, workloads / 100));
    w.object.meta.name = fmt::format("svc-{:05}", i);
    w.object.replicas = int32_t(replicas);
    w.object.selector["app"] = w.object.meta.name;
    w.object.template_labels = w.object.selector;
    auto profile = std::make_shared<load_profile>();
    for (auto name : {"app", "proxy"}) {
      container_spec c;
      c.name = name;
      c.image = fmt::format("registry.local/{}:1", name);
      auto peak = dice.between(0.02, 0.3);
      auto memory = dice.between(40e6, 400e6);
      c.resources.requests = {round_up(peak * 2000, 5), round_up(memory * 2, mebi)};
      c.resources.limits.memory = *c.resources.requests.memory * 3 / 2;
      cpu_sum += *c.resources.requests.cpu * int64_t(replicas);
      memory_sum += *c.resources.requests.memory * int64_t(replicas);
      w.object.containers.push_back(std::move(c));
      curve_recipe recipe;
      recipe.shape = curve_shape(dice.below(4));
      recipe.cpu_low = peak * dice.between(0.1, 0.6);
      recipe.cpu_high = peak;
      recipe.memory_low = memory * 0.7;
      recipe.memory_high = memory;
      recipe.phase = milliseconds{int64_t(dice.below(86'400'000))};
      recipe.seed = dice.next();
      container_load load;
      load.container = name;
      load.curve = make_curve(recipe);
      load.per_pod = true;
      profile->containers.push_back(std::move(load));
    }
    w.load = std::move(profile);
    out.workloads.push_back(std::move(w));
  }
  constexpr int64_t node_cpu = 64'000, node_memory = 256 * gibi;
  auto count = 2 + std::max({cpu_sum * 12 / 10 / node_cpu, memory_sum * 12 / 10 / node_memory,
                             int64_t(total_pods) * 11 / 10 / 110});
  for (int64_t i = 0; i < count; ++i)
    out.nodes.push_back(make_node(fmt::format("node-{:04}", i), node_cpu, node_memory));
  return out;
}

}  // namespace scaleops::embedded
