#include "integration/sim/draw/cluster_draw.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "messages/labels.hpp"
#include "messages/quantity.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;
using embedded::curve_shape;

constexpr int64_t gibi = 1LL << 30;
constexpr const char* granter = "sim-admin";
constexpr std::array namespaces = {"shop", "data", "lab"};

int64_t round_up(double value, int64_t step) {
  return int64_t(std::ceil(value / double(step))) * step;
}

std::string draw_kind(entropy& dice, size_t index) {
  // The first ones make sure that every kind is there.
  static constexpr std::array kinds = {"Deployment", "StatefulSet", "DaemonSet",
                                       "CronJob",    "Deployment",  "Deployment"};
  return kinds[index < 4 ? index : dice.below(kinds.size())];
}

embedded::curve_recipe draw_recipe(double cpu, double memory, entropy& dice) {
  embedded::curve_recipe out;
  out.shape = curve_shape(dice.below(6));
  out.cpu_high = cpu;
  out.cpu_low = cpu * dice.between(0.1, 0.6);
  out.memory_high = memory;
  out.memory_low = memory * dice.between(0.5, 0.95);
  out.period = milliseconds{int64_t(dice.between(0.5, 12) * 3'600'000)};
  out.duty = dice.between(0.05, 0.4);
  out.phase = milliseconds{int64_t(dice.below(24 * 3'600'000))};
  out.seed = dice.next();
  return out;
}

container_spec draw_container(std::string name, double cpu, double memory, entropy& dice) {
  container_spec c;
  c.image = "registry.example.com/" + name + ":1";
  c.name = std::move(name);
  auto cpu_factor = dice.between(0.5, 5), memory_factor = dice.between(0.7, 4);
  auto& own = c.resources;
  own.requests = {round_up(cpu * 1000 * cpu_factor, 10), round_up(memory * memory_factor, mebi)};
  switch (dice.below(5)) {
    case 0:  // Guaranteed
      own.requests.memory = std::max(*own.requests.memory, round_up(memory * 1.3, mebi));
      own.limits = own.requests;
      break;
    case 1:  // no limits at all
      break;
    case 2:
      own.limits.cpu = round_up(double(*own.requests.cpu) * dice.between(1, 3), 10);
      [[fallthrough]];
    default:
      own.limits.memory =
        std::max(*own.requests.memory, round_up(memory * dice.between(0.9, 2), mebi));
      break;
  }
  if (dice.chance(0.15))
    c.resize_memory = resize_policy::restart_container;
  return c;
}

void add_sidecar(embedded::workload_spec& out, embedded::load_profile& profile, entropy& dice) {
  auto c = draw_container("proxy", 0.02, 40e6, dice);
  c.role = container_role::sidecar;
  out.object.containers.push_back(std::move(c));
  embedded::container_load load;
  load.container = "proxy";
  load.per_pod = true;
  load.curve = make_curve(draw_recipe(0.02, 40e6, dice));
  profile.containers.push_back(std::move(load));
}

embedded::workload_spec draw_workload(size_t index, entropy& dice) {
  embedded::workload_spec out;
  auto& w = out.object;
  w.kind = draw_kind(dice, index);
  w.meta.ns = namespaces[dice.below(namespaces.size())];
  w.meta.name = fmt::format("app-{:02}", index);
  w.meta.labels = w.selector = w.template_labels = {{"app", w.meta.name}};
  w.replicas = w.kind == "CronJob" ? 1 : int32_t(1 + dice.below(4));
  w.max_surge = int32_t(dice.below(2));
  w.max_unavailable = 1;
  w.min_ready = milliseconds{1000 * int64_t(dice.below(3) * 5)};
  double cpu = dice.between(0.02, 0.4), memory = std::exp2(dice.between(25, 29.5));
  w.containers.push_back(draw_container("main", cpu, memory, dice));
  auto profile = std::make_shared<embedded::load_profile>();
  profile->start_up = milliseconds{int64_t(dice.between(1, 40) * 1000)};
  embedded::container_load load;
  load.container = "main";
  load.per_pod = w.kind != "Deployment" || dice.chance(0.3);
  load.curve = make_curve(draw_recipe(load.per_pod ? cpu : cpu * w.replicas, memory, dice));
  load.skew = dice.between(0, 0.3);
  if (dice.chance(0.1))
    load.leak = memory * dice.between(0.02, 0.2);
  if (dice.chance(0.2))
    load.boot_cpu = cpu * dice.between(1, 5);
  profile->containers.push_back(std::move(load));
  if (dice.chance(0.2))
    add_sidecar(out, *profile, dice);
  if (w.kind == "CronJob") {
    w.schedule_every = milliseconds{int64_t(dice.between(20, 180) * 60'000)};
    profile->run_for = milliseconds{int64_t(dice.between(2, 15) * 60'000)};
  }
  if (dice.chance(0.08))
    w.meta.annotations[std::string(labels::exclude_automation)] = "true";
  if (dice.chance(0.08))
    w.meta.annotations[std::string(labels::default_rightsize_auto)] = "true";
  if (dice.chance(0.06))
    w.template_annotations[std::string(labels::do_not_disrupt)] = "true";
  out.load = std::move(profile);
  return out;
}

/// What a person or another controller has set up around a workload.
void draw_guards(const workload& w, embedded::cluster_spec& out, entropy& dice) {
  bool runs_on = w.kind == "Deployment" || w.kind == "StatefulSet";
  if (runs_on && dice.chance(0.5)) {
    pod_disruption_budget budget;
    budget.meta.ns = w.meta.ns;
    budget.meta.name = w.meta.name;
    budget.selector.match_labels = w.selector;
    if (dice.chance(0.5))
      budget.max_unavailable = int_or_percent{1, false};
    else
      budget.min_available =
        dice.chance(0.5) ? int_or_percent{50, true} : int_or_percent{w.replicas, false};
    out.others.push_back(object{std::move(budget)});
  }
  if (w.kind == "Deployment" && w.replicas > 1 && dice.chance(0.25)) {
    horizontal_pod_autoscaler scaler;
    scaler.meta.ns = w.meta.ns;
    scaler.meta.name = w.meta.name;
    scaler.target = {w.meta.ns, w.kind, w.meta.name};
    scaler.min_replicas = w.replicas;
    scaler.max_replicas = w.replicas + 2;
    hpa_metric metric;
    metric.utilization = int32_t(50 + dice.below(40));
    scaler.metrics.push_back(metric);
    out.others.push_back(object{std::move(scaler)});
  }
  if (dice.chance(0.12)) {
    recommendation wish;  // a person's grant or exclusion, before anything was recommended
    wish.target = {w.meta.ns, w.kind, w.meta.name};
    wish.meta.ns = w.meta.ns;
    wish.meta.name = wish.target.object_name();
    if (dice.chance(0.5))
      wish.excluded = true;
    else
      wish.automation = automation_grant{granter, {}};
    if (dice.chance(0.5))
      wish.policy_override = dice.chance(0.5) ? "cost" : "high-availability";
    out.others.push_back(object{std::move(wish)});
  }
}

/// What the namespace's pods request at the beginning.
resources requested_in(const embedded::cluster_spec& spec, const std::string& ns) {
  int64_t cpu = 0, memory = 0;
  for (auto& w : spec.workloads) {
    if (w.object.meta.ns != ns)
      continue;
    auto copies = w.object.kind == "DaemonSet" ? int64_t(spec.nodes.size()) : w.object.replicas;
    for (auto& c : w.object.containers) {
      cpu += *c.resources.requests.cpu * copies;
      memory += *c.resources.requests.memory * copies;
    }
  }
  return {cpu, memory};
}

void draw_ranges(embedded::cluster_spec& out, entropy& dice) {
  if (dice.chance(0.3)) {
    limit_range range;
    range.meta.ns = namespaces[dice.below(namespaces.size())];
    range.meta.name = "range";
    range.container_min = {10, 8 * mebi};
    range.container_max = {4'000, 4 * gibi};
    out.others.push_back(object{std::move(range)});
  }
  if (dice.chance(0.3)) {
    resource_quota quota;
    quota.meta.ns = namespaces[dice.below(namespaces.size())];
    quota.meta.name = "quota";
    auto asked = requested_in(out, quota.meta.ns);
    quota.hard_requests = {*asked.cpu * 3 / 2 + 500, *asked.memory * 3 / 2 + gibi};
    out.others.push_back(object{std::move(quota)});
  }
}

}  // namespace

object make_grant(const std::string& ns, instant at) {
  automated_namespace grant;
  grant.meta.name = ns;
  grant.grant = {granter, at};
  return object{std::move(grant)};
}

std::vector<node> make_nodes(int count, int64_t cpu, int64_t memory) {
  std::vector<node> out;
  for (int i = 1; i <= count; ++i)
    out.push_back(embedded::make_node(fmt::format("node-{}", i), cpu, memory));
  return out;
}

embedded::workload_spec make_workload(const made_workload& wish, uint64_t seed) {
  embedded::workload_spec out;
  auto& w = out.object;
  w.kind = wish.kind;
  w.meta.ns = wish.ns;
  w.meta.name = wish.name;
  w.replicas = wish.replicas;
  w.meta.labels = w.selector = w.template_labels = {{"app", wish.name}};
  container_spec c;
  c.name = "main";
  c.image = "registry.example.com/" + wish.name + ":1";
  c.resources = wish.resources;
  w.containers.push_back(std::move(c));
  auto profile = std::make_shared<embedded::load_profile>();
  embedded::container_load load;
  load.container = "main";
  load.per_pod = true;
  embedded::curve_recipe recipe;
  recipe.shape = wish.shape;
  recipe.cpu_high = wish.cpu;
  recipe.cpu_low = wish.cpu * 0.5;
  recipe.memory_high = wish.memory;
  recipe.memory_low = wish.memory * 0.9;
  recipe.seed = seed;
  load.curve = make_curve(recipe);
  profile->containers.push_back(std::move(load));
  out.load = std::move(profile);
  return out;
}

embedded::cluster_spec draw_cluster(uint64_t seed, instant start) {
  entropy dice{seed ^ 0xc105'7e20};
  embedded::cluster_spec out;
  for (size_t i = 0, count = 6 + dice.below(10); i < count; ++i) {
    auto own = dice.fork();
    out.workloads.push_back(draw_workload(i, own));
    draw_guards(out.workloads.back().object, out, own);
  }
  // Room for what is asked for at the beginning, between 1.2 and 2.5 times.
  size_t nodes = 3 + dice.below(4);
  int64_t cpu = 0, memory = 0, most_cpu = 0, most_memory = 0;
  for (auto& w : out.workloads) {
    auto copies = w.object.kind == "DaemonSet" ? int64_t(nodes) : w.object.replicas;
    int64_t pod_cpu = 0, pod_memory = 0;
    for (auto& c : w.object.containers) {
      pod_cpu += *c.resources.requests.cpu;
      pod_memory += *c.resources.requests.memory;
    }
    cpu += pod_cpu * copies;
    memory += pod_memory * copies;
    most_cpu = std::max(most_cpu, pod_cpu);
    most_memory = std::max(most_memory, pod_memory);
  }
  auto room = dice.between(1.2, 2.5);
  auto share = [&](int64_t sum, int64_t most) {
    return std::max(int64_t(double(sum) * room / double(nodes)), most * 2);
  };
  out.nodes = make_nodes(int(nodes), round_up(double(share(cpu, most_cpu)), 500),
                         round_up(double(share(memory, most_memory)), gibi) + gibi);
  for (auto ns : namespaces)
    if (dice.chance(0.75))
      out.others.push_back(make_grant(ns, start));
  draw_ranges(out, dice);
  return out;
}

}  // namespace scaleops::sim
