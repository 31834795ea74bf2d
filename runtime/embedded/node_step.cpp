// One step of a node: what its containers want, what they get, what they hold, and who is killed
// for holding too much.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "runtime/embedded/cpu_shares.hpp"
#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

constexpr double period_rate = 10;                   // CFS periods a second
constexpr int64_t eviction_threshold = 100LL << 20;  // kubelet's memory.available

/// The load of one of the workload's containers, computed once per moment.
curve_point load_at(owner_row& root, uint8_t index, instant now) {
  if (root.loads.size() <= index)
    root.loads.resize(index + 1u);
  auto& [at, point] = root.loads[index];
  if (at != now) {
    at = now;
    point = root.load->containers[index].curve->at(now);
  }
  return point;
}

/// -1 to 1, fixed by its arguments.
double wobble(uint64_t a, uint64_t b) {
  return double(int64_t(mix(a ^ mix(b)))) * 0x1.0p-63;
}

struct wish {
  double cpu = 0;
  double memory = 0;
  double burst = 0.25;
};

wish wish_of(cluster_state& s, uint32_t pod_index, size_t i, const container_row& row,
             milliseconds start_up) {
  auto& r = s.pods[pod_index];
  auto age = s.now - row.started;
  bool booting = age < start_up;
  if (r.root == no_row || row.load == 255) {
    // Nobody said what it does: a third of its CPU request, half of its memory request.
    return {std::max(0.005, row.cpu_request * 0.3e-3),
            std::max(24e6, double(row.memory_request) * 0.5), 0.25};
  }
  auto& root = s.owners[r.root];
  auto& load = root.load->containers[row.load];
  auto point = load_at(root, row.load, s.now);
  uint64_t who = (uint64_t(pod_index) << 32) ^ (uint64_t(r.serial) << 8) ^ i;
  auto skew = 1 + load.skew * wobble(who, 1);
  auto noise =
    load.noise > 0 ? 1 + load.noise * wobble(who, uint64_t(s.now.time_since_epoch().count())) : 1.0;
  wish out;
  out.burst = load.burst;
  if (load.per_pod)
    out.cpu = point.cpu;
  else if (r.serving)
    out.cpu = point.cpu / std::max(1u, root.serving);
  out.cpu = out.cpu * skew * noise + (booting ? load.boot_cpu : 0);
  out.memory = (load.shared_memory ? point.memory / std::max(1u, root.serving) : point.memory) *
               (1 + 0.3 * (skew - 1));
  if (load.leak > 0)
    out.memory += load.leak * double(age.count()) / 3.6e6;
  if (booting)
    out.memory *= 0.4 + 0.6 * double(age.count()) / double(std::max<int64_t>(1, start_up.count()));
  return out;
}

struct place {
  uint32_t pod;
  uint32_t container;
  uint32_t serial;
  double burst;
};

struct victim {
  uint32_t pod;
  uint32_t container;
  kill_cause cause;
};

/// As the kernel's oom_score with the kubelet's oom_score_adj: BestEffort first, then who is
/// furthest above its request, Guaranteed last.
double oom_score(const cluster_state& s, const place& p, double capacity) {
  auto& value = s.pod_of(p.pod);
  auto& row = s.pods[p.pod].containers[p.container];
  double adj = 1000;
  switch (qos_of(value)) {
    case qos_class::guaranteed:
      adj = -997;
      break;
    case qos_class::best_effort:
      adj = 1000;
      break;
    case qos_class::burstable:
      adj = std::clamp(1000 - 1000 * double(row.memory_request) / capacity, 2.0, 999.0);
      break;
  }
  return double(row.working_set) / capacity * 1000 + adj;
}

void kill(cluster_state& s, const victim& v) {
  auto& r = s.pods[v.pod];
  auto& spec = s.pod_of(v.pod).containers[v.container];
  bool by_limit = v.cause == kill_cause::container_limit;
  ++(by_limit ? s.truth.oom_container_limit : s.truth.oom_node_pressure);
  if (r.root != no_row)
    ++s.owners[r.root].truth.oom_kills;
  tell(s, "Pod", s.pod_of(v.pod).meta, "OOMKilling",
       fmt::format("Container {} was killed: {}", spec.name,
                   by_limit ? "above its memory limit" : "the node ran out of memory"),
       "kubelet", true);
  kill_container(s, v.pod, v.container, "OOMKilled", 137);
}

}  // namespace

void step_node(cluster_state& s, uint32_t node_index) {
  auto& n = s.nodes[node_index];
  auto dt = double((s.now - n.stepped).count()) / 1000;
  if (dt <= 0)
    return;
  n.stepped = s.now;
  if (n.dead)
    return;
  auto& spec = s.node_of(node_index);
  auto cores = double(or_zero(spec.capacity.cpu)) / 1000;
  auto capacity = double(or_zero(spec.capacity.memory));

  std::vector<cpu_claim> claims;
  std::vector<place> places;
  claims.reserve(2 * n.pods.size());
  places.reserve(2 * n.pods.size());
  double memory_total = 0;
  std::vector<victim> victims;
  for (auto pod_index : n.pods) {
    auto& r = s.pods[pod_index];
    auto start_up = start_up_of(s, pod_index);
    for (size_t i = 0; i < r.containers.size(); ++i) {
      auto& row = r.containers[i];
      if (row.run != container_row::state::running)
        continue;
      auto want = wish_of(s, pod_index, i, row, start_up);
      row.demand = float(want.cpu);
      auto limit = row.cpu_limit / 1000.0;
      auto cut = limit > 0 ? std::min(want.cpu, limit) : want.cpu;
      claims.push_back({cut, std::max(2.0, row.cpu_request * 1.024), 0});
      places.push_back({pod_index, uint32_t(i), r.serial, want.burst});
      row.working_set = int64_t(want.memory);
      if (row.memory_limit > 0 && row.working_set > row.memory_limit) {
        row.working_set = row.memory_limit;
        victims.push_back({pod_index, uint32_t(i), kill_cause::container_limit});
      }
      memory_total += double(row.working_set);
    }
  }
  share_cpu(claims, cores);

  n.used_cpu = 0;
  resource_integrals node_sums;
  uint32_t counted = no_row;
  for (size_t k = 0; k < places.size(); ++k) {
    auto& at = places[k];
    auto& r = s.pods[at.pod];
    auto& row = r.containers[at.container];
    auto ran = std::min(dt, double((s.now - row.started).count()) / 1000);
    auto got = claims[k].got;
    resource_integrals one;
    if (row.cpu_limit > 0) {
      auto held = throttle(row.demand, at.burst, row.cpu_limit / 1000.0);
      row.periods += ran * period_rate;
      row.throttled += ran * period_rate * held.share;
      one.cpu_throttled = held.lost * ran;
    }
    one.cpu_contended = (claims[k].want - got) * ran;
    row.used = float(got);
    row.cpu_seconds += got * ran;
    one.cpu_used = got * ran;
    one.memory_used = double(row.working_set) * dt;
    if (counted != at.pod) {
      counted = at.pod;
      one.cpu_requested = double(r.cpu) / 1000 * dt;
      one.memory_requested = double(r.memory) * dt;
      if (r.root != no_row)
        s.owners[r.root].truth.pod_seconds += dt;
    }
    node_sums += one;
    if (r.root != no_row)
      s.owners[r.root].truth.sums += one;
    n.used_cpu += got;
  }
  n.used_memory = memory_total;
  s.truth.sums += node_sums;
  if (spec.ready) {
    s.truth.cpu_allocatable += double(or_zero(spec.allocatable.cpu)) / 1000 * dt;
    s.truth.memory_allocatable += double(or_zero(spec.allocatable.memory)) * dt;
  }

  // The node itself runs out: one after the other goes until the rest fits.
  while (memory_total > capacity) {
    const place* worst = nullptr;
    double worst_score = 0;
    for (auto& at : places) {
      auto& row = s.pods[at.pod].containers[at.container];
      if (row.working_set == 0 || std::any_of(victims.begin(), victims.end(), [&](const victim& v) {
            return v.pod == at.pod && v.container == at.container;
          }))
        continue;
      auto score = oom_score(s, at, capacity);
      if (!worst || score > worst_score) {
        worst = &at;
        worst_score = score;
      }
    }
    if (!worst)
      break;
    memory_total -= double(s.pods[worst->pod].containers[worst->container].working_set);
    victims.push_back({worst->pod, worst->container, kill_cause::node_pressure});
  }
  bool pressure = n.used_memory > capacity - double(eviction_threshold);
  if (pressure != spec.memory_pressure)
    s.store.mutate<node>(n.slot, s.now, [&](node& x) { x.memory_pressure = pressure; });
  for (auto& v : victims)
    kill(s, v);
}

outcome<node_metrics_ptr> read_metrics(cluster_state& s, std::string_view name) {
  auto at = s.store.find(object_kind::node, {}, name);
  if (!at)
    return api_error{ec::not_found, fmt::format("nodes \"{}\" not found", name)};
  auto& n = s.nodes[at->row];
  if (n.dead || s.now < n.metrics_out_until)
    return api_error{ec::unavailable, fmt::format("the kubelet of {} does not answer", name)};
  step_node(s, at->row);
  auto out = std::make_shared<node_metrics>();
  out->node = name;
  size_t count = 0;
  for (auto pod_index : n.pods)
    count += s.pods[pod_index].containers.size();
  out->containers.reserve(count);
  for (auto pod_index : n.pods) {
    auto& r = s.pods[pod_index];
    auto& value = s.pod_of(pod_index);
    for (size_t i = 0; i < r.containers.size(); ++i) {
      auto& row = r.containers[i];
      if (row.run != container_row::state::running)
        continue;
      container_metrics m;
      m.pod = r.slot->value;
      m.container = value.containers[i].name;
      m.at = s.now;
      m.started = row.started;
      m.cpu_seconds = row.cpu_seconds;
      m.working_set = row.working_set;
      m.periods = uint64_t(row.periods);
      m.throttled_periods = uint64_t(row.throttled);
      out->containers.push_back(std::move(m));
    }
  }
  return node_metrics_ptr{std::move(out)};
}

}  // namespace scaleops::embedded
