// In-place resize (KEP-1287): the API server's checks, the kubelet's admission (now, deferred,
// never), and its actuation.
#include <fmt/format.h>

#include "runtime/embedded/limits.hpp"
#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

using pending = resize_status::pending_reason;

/// Requests that the node has promised to a pod.
pod_sum allocated(const pod& value) {
  pod_sum sum;
  for (size_t i = 0; i < value.containers.size(); ++i)
    if (runs_on(value.containers[i])) {
      sum.cpu += or_zero(value.statuses[i].allocated.cpu);
      sum.memory += or_zero(value.statuses[i].allocated.memory);
    }
  return sum;
}

pod_sum wished(const pod& value) {
  pod_sum sum;
  for (auto& c : value.containers)
    if (runs_on(c)) {
      sum.cpu += or_zero(c.resources.requests.cpu);
      sum.memory += or_zero(c.resources.requests.memory);
    }
  return sum;
}

bool removes(const container_resources& before, const container_resources& wish) {
  auto gone = [](const std::optional<int64_t>& was, const std::optional<int64_t>& is) {
    return was && !is;
  };
  return gone(before.requests.cpu, wish.requests.cpu) ||
         gone(before.requests.memory, wish.requests.memory) ||
         gone(before.limits.cpu, wish.limits.cpu) || gone(before.limits.memory, wish.limits.memory);
}

enum class room { now, later, never };

room find_room(const cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  auto& n = s.node_of(r.node);
  auto& value = s.pod_of(pod_index);
  auto want = wished(value), have = allocated(value);
  auto cpu = or_zero(n.allocatable.cpu), memory = or_zero(n.allocatable.memory);
  if (want.cpu > cpu || want.memory > memory)
    return room::never;
  if (want.cpu <= have.cpu && want.memory <= have.memory)
    return room::now;
  pod_sum others;
  for (auto other : s.nodes[r.node].pods)
    if (other != pod_index) {
      auto& o = s.pod_of(other);
      auto sum = allocated(o);
      others.cpu += sum.cpu;
      others.memory += sum.memory;
    }
  bool cpu_fits = want.cpu <= have.cpu || others.cpu + want.cpu <= cpu;
  bool memory_fits = want.memory <= have.memory || others.memory + want.memory <= memory;
  return cpu_fits && memory_fits ? room::now : room::later;
}

bool settled(const pod& value) {
  for (size_t i = 0; i < value.containers.size(); ++i)
    if (runs_on(value.containers[i]) &&
        (value.statuses[i].allocated != value.containers[i].resources.requests ||
         value.statuses[i].actual != value.containers[i].resources))
      return false;
  return true;
}

void set_condition(cluster_state& s, uint32_t pod_index, pending why, bool in_progress,
                   std::string message) {
  change_pod(s, pod_index, [&](pod& p) {
    if (p.resize.pending != why || p.resize.in_progress != in_progress || p.resize.error)
      p.resize.since = s.now;
    p.resize.pending = why;
    p.resize.in_progress = in_progress;
    p.resize.error = false;
    p.resize.message = std::move(message);
    p.resize.observed_generation = p.meta.generation;
  });
}

}  // namespace

outcome<object_ptr> resize(cluster_state& s, const resize_pod& request) {
  auto at = s.store.find(object_kind::pod, request.pod.ns, request.pod.name);
  if (!at)
    return api_error{ec::not_found, fmt::format("pods \"{}\" not found", request.pod.name)};
  auto& before = at->as<pod>();
  if (!request.uid.empty() && request.uid != before.meta.uid)
    return api_error{ec::conflict, fmt::format("pods \"{}\" is another pod by now: its uid is {}",
                                               before.meta.name, before.meta.uid)};
  if (before.phase == pod_phase::succeeded || before.phase == pod_phase::failed)
    return api_error{ec::invalid, fmt::format("pods \"{}\" has ended", before.meta.name)};
  pod wish = before;
  for (auto& change : request.containers) {
    auto i = find_container(wish, change.container);
    if (!i)
      return api_error{ec::invalid, fmt::format("spec.containers: {} is not a container of the pod",
                                                change.container)};
    if (!runs_on(wish.containers[*i]))
      return api_error{ec::invalid,
                       fmt::format("spec.initContainers: {} cannot be resized", change.container)};
    auto& c = wish.containers[*i];
    c.resources = change.resources;
    if (removes(before.containers[*i].resources, c.resources))
      return api_error{ec::invalid,
                       "spec.containers: resource limits and requests cannot be removed"};
    bool restarts =
      (c.resources.requests.cpu != before.containers[*i].resources.requests.cpu &&
       c.resize_cpu == resize_policy::restart_container) ||
      (c.resources.requests.memory != before.containers[*i].resources.requests.memory &&
       c.resize_memory == resize_policy::restart_container);
    if (restarts && wish.restart_never)
      return api_error{ec::invalid,
                       "resizePolicy RestartContainer does not go with restartPolicy Never"};
  }
  default_requests(wish);
  if (wish.containers == before.containers)
    return at->value;
  if (auto text = invalid_reason(wish); !text.empty())
    return api_error{ec::invalid, text};
  if (qos_of(wish) != qos_of(before))
    return api_error{
      ec::invalid,
      fmt::format("Pod QOS Class may not change as a result of resizing: is {}, would be {}",
                  to_string(qos_of(before)), to_string(qos_of(wish)))};
  if (auto text = range_violation(wish, limit_ranges(s, wish.meta.ns)); !text.empty())
    return api_error{ec::forbidden, text};
  if (auto text =
        quota_refusal(s, wish, {s.pods[at->row].cpu, s.pods[at->row].memory}, limit_sum(before));
      !text.empty())
    return api_error{ec::forbidden, text};
  auto& r = s.pods[at->row];
  if (s.cfg.refuse_infeasible && r.node != no_row) {
    auto want = wished(wish);
    auto& n = s.node_of(r.node);
    if (want.cpu > or_zero(n.allocatable.cpu) || want.memory > or_zero(n.allocatable.memory)) {
      ++s.truth.resizes_infeasible;
      return api_error{
        ec::infeasible,
        fmt::format("node {} can never hold {} m CPU and {} bytes of memory for one pod",
                    n.meta.name, want.cpu, want.memory)};
    }
  }
  ++s.truth.resizes_requested;
  change_pod(s, at->row, [&](pod& p) {
    p.containers = std::move(wish.containers);
    ++p.meta.generation;
  });
  if (r.node != no_row)
    s.due.plan(s.now + s.cfg.resize_sync, deed::sync_resize, at->row, r.serial);
  return at->value;
}

bool can_start(const cluster_state& s, uint32_t pod_index) {
  return find_room(s, pod_index) == room::now;
}

void sync_resize(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  auto& value = s.pod_of(pod_index);
  if (r.terminating || r.node == no_row || s.nodes[r.node].dead ||
      value.phase != pod_phase::running)
    return;
  if (settled(value)) {
    if (value.resize.observed_generation != value.meta.generation ||
        value.resize.pending != pending::none || value.resize.in_progress)
      set_condition(s, pod_index, pending::none, false, {});
    return;
  }
  auto was = value.resize.pending;
  bool seen = value.resize.observed_generation == value.meta.generation;
  if (value.resize.in_progress && seen)
    return;  // admitted already, the runtime is at it
  switch (find_room(s, pod_index)) {
    case room::never:
      if (was != pending::infeasible || !seen) {
        ++s.truth.resizes_infeasible;
        set_condition(s, pod_index, pending::infeasible, false, "Node didn't have enough capacity");
        tell(s, "Pod", value.meta, "ResizeInfeasible", "the node can never grant it", "kubelet",
             true);
      }
      return;
    case room::later:
      if (was != pending::deferred || !seen) {
        ++s.truth.resizes_deferred;
        set_condition(s, pod_index, pending::deferred, false, "Node didn't have enough resource");
        tell(s, "Pod", value.meta, "ResizeDeferred", "the node has no room now", "kubelet", true);
      }
      s.due.plan(s.now + s.cfg.resize_retry, deed::sync_resize, pod_index, r.serial);
      return;
    case room::now:
      break;
  }
  change_pod(s, pod_index, [&](pod& p) {
    for (size_t i = 0; i < p.containers.size(); ++i)
      if (runs_on(p.containers[i]))
        p.statuses[i].allocated = p.containers[i].resources.requests;
  });
  set_condition(s, pod_index, pending::none, true, {});
  s.due.plan(s.now + s.cfg.resize_actuation, deed::actuate_resize, pod_index, r.serial);
}

void actuate_resize(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  auto& value = s.pod_of(pod_index);
  if (r.terminating || r.node == no_row || s.nodes[r.node].dead ||
      value.phase != pod_phase::running || !value.resize.in_progress ||
      value.resize.observed_generation != value.meta.generation)
    return;  // gone, or a newer wish is about to be looked at
  std::vector<size_t> bounce, apply;
  std::string trouble;
  for (size_t i = 0; i < value.containers.size(); ++i) {
    auto& c = value.containers[i];
    auto& actual = value.statuses[i].actual;
    if (!runs_on(c) || actual == c.resources)
      continue;
    bool cpu = actual.requests.cpu != c.resources.requests.cpu ||
               actual.limits.cpu != c.resources.limits.cpu;
    bool memory = actual.requests.memory != c.resources.requests.memory ||
                  actual.limits.memory != c.resources.limits.memory;
    bool restart = (cpu && c.resize_cpu == resize_policy::restart_container) ||
                   (memory && c.resize_memory == resize_policy::restart_container);
    auto limit = or_zero(c.resources.limits.memory);
    auto old_limit = or_zero(actual.limits.memory);
    if (!restart && limit > 0 && (old_limit == 0 || limit < old_limit) &&
        r.containers[i].working_set >= limit) {
      trouble = fmt::format("attempting to set pod memory limit ({}) below current usage ({})",
                            limit, r.containers[i].working_set);
      continue;
    }
    apply.push_back(i);
    if (restart)
      bounce.push_back(i);
  }
  bool failed = !trouble.empty();
  bool was_failing = value.resize.error;
  change_pod(s, pod_index, [&](pod& p) {
    for (auto i : apply) {
      p.statuses[i].actual = p.containers[i].resources;
      auto& row = r.containers[i];
      row.cpu_limit = int32_t(or_zero(p.containers[i].resources.limits.cpu));
      row.memory_limit = or_zero(p.containers[i].resources.limits.memory);
      row.cpu_request = int32_t(or_zero(p.containers[i].resources.requests.cpu));
      row.memory_request = or_zero(p.containers[i].resources.requests.memory);
    }
    if (p.resize.error != failed || !failed)
      p.resize.since = s.now;
    p.resize.in_progress = failed;
    p.resize.error = failed;
    p.resize.message = std::move(trouble);
  });
  for (auto i : bounce)
    bounce_container(s, pod_index, i);
  if (failed) {
    if (!was_failing)
      ++s.truth.resizes_failed;
    s.due.plan(s.now + s.cfg.resize_retry, deed::actuate_resize, pod_index, r.serial);
  } else {
    ++s.truth.resizes_done;
  }
}

}  // namespace scaleops::embedded
