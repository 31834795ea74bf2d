// The life of a pod on its node: start, readiness, restarts with back-off, graceful end.
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

constexpr milliseconds steady_run =
  std::chrono::minutes{10};  // a container that ran so long starts with no back-off

void take_limits(container_row& row, const container_resources& in_force) {
  row.cpu_limit = int32_t(or_zero(in_force.limits.cpu));
  row.memory_limit = or_zero(in_force.limits.memory);
  row.cpu_request = int32_t(or_zero(in_force.requests.cpu));
  row.memory_request = or_zero(in_force.requests.memory);
}

void reset(container_row& row, instant now) {
  row.started = now;
  row.cpu_seconds = row.periods = row.throttled = 0;
  row.demand = row.used = 0;
  row.working_set = 0;
  row.run = container_row::state::running;
}

uint8_t load_index(const load_profile* profile, const std::string& container, size_t position) {
  if (!profile)
    return 255;
  auto& loads = profile->containers;
  if (position < loads.size() && loads[position].container == container)
    return uint8_t(position);
  for (size_t i = 0; i < loads.size(); ++i)
    if (loads[i].container == container)
      return uint8_t(i);
  return 255;
}

const load_profile* profile_of(const cluster_state& s, uint32_t pod) {
  auto root = s.pods[pod].root;
  return root == no_row ? nullptr : s.owners[root].load.get();
}

/// Starts one container: runtime row and status.
void run(cluster_state& s, uint32_t pod_index, size_t i, container_spec& spec,
         container_status& status) {
  auto& row = s.pods[pod_index].containers[i];
  reset(row, s.now);
  row.load = load_index(profile_of(s, pod_index), spec.name, i);
  status.started = s.now;
  status.ready = false;
  take_limits(row, status.actual);
}

bool counts_down(const cluster_state& s, uint32_t pod_index) {
  return !s.nodes[s.pods[pod_index].node].dead;
}

}  // namespace

milliseconds start_up_of(const cluster_state& s, uint32_t pod_index) {
  auto* profile = profile_of(s, pod_index);
  auto base = profile ? profile->start_up : milliseconds{std::chrono::seconds{5}};
  // Up to a fifth longer, the same for one pod each time.
  auto extra = mix(pod_index * 7919ULL + s.pods[pod_index].serial) % 200;
  return base + base * int64_t(extra) / 1000;
}

void start_pod(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  if (r.terminating || r.node == no_row || s.nodes[r.node].dead ||
      s.pod_of(pod_index).phase != pod_phase::pending)
    return;
  if (!can_start(s, pod_index)) {
    // A resize was faster: the kubelet rejects the pod, its owner makes another.
    change_pod(s, pod_index, [](pod& p) {
      p.phase = pod_phase::failed;
      p.status_reason = "OutOfcpu";
    });
    take_off_node(s, pod_index);
    return;
  }
  change_pod(s, pod_index, [&](pod& p) {
    p.phase = pod_phase::running;
    p.started = s.now;
    p.resize.observed_generation = p.meta.generation;
    for (size_t i = 0; i < p.containers.size(); ++i) {
      auto& spec = p.containers[i];
      auto& status = p.statuses[i];
      if (!runs_on(spec)) {
        r.containers[i].run = container_row::state::exited;
        status.ready = true;
        status.last_termination = termination{"Completed", 0, s.now, s.now};
        continue;
      }
      status.allocated = spec.resources.requests;
      status.actual = spec.resources;
      run(s, pod_index, i, spec, status);
    }
  });
  s.due.plan(s.now + start_up_of(s, pod_index), deed::pod_ready, pod_index, r.serial);
  auto* profile = profile_of(s, pod_index);
  if (profile && profile->run_for > milliseconds{0}) {
    auto jitter = milliseconds{int64_t(s.dice.below(1 + uint64_t(profile->run_for.count() / 5)))};
    s.due.plan(s.now + profile->run_for + jitter, deed::finish_pod, pod_index, r.serial);
  }
}

void mark_ready(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  if (r.terminating || s.pod_of(pod_index).phase != pod_phase::running ||
      !counts_down(s, pod_index))
    return;
  auto start_up = start_up_of(s, pod_index);
  bool all = true;
  std::vector<size_t> fresh;
  auto& value = s.pod_of(pod_index);
  for (size_t i = 0; i < value.containers.size(); ++i) {
    auto& row = r.containers[i];
    if (row.run == container_row::state::exited)
      continue;
    bool up = row.run == container_row::state::running && s.now - row.started >= start_up;
    all &= up;
    if (up && !value.statuses[i].ready)
      fresh.push_back(i);
  }
  if (fresh.empty() && value.ready == all)
    return;
  change_pod(s, pod_index, [&](pod& p) {
    for (auto i : fresh)
      p.statuses[i].ready = true;
    if (all && !p.ready) {
      p.ready = true;
      p.ready_since = s.now;
    }
  });
  set_serving(s, pod_index, all);
}

void kill_container(cluster_state& s, uint32_t pod_index, size_t i, std::string_view reason,
                    int32_t exit_code) {
  auto& r = s.pods[pod_index];
  auto& row = r.containers[i];
  if (row.run != container_row::state::running)
    return;
  bool never = s.pod_of(pod_index).restart_never;
  if (s.now - row.started >= steady_run)
    row.crashes = 0;
  auto backoff = milliseconds{0};
  if (row.crashes > 0)
    backoff = std::min(s.cfg.crash_backoff_max,
                       s.cfg.crash_backoff * (int64_t{1} << std::min<int>(row.crashes - 1, 10)));
  row.crashes = uint8_t(std::min(row.crashes + 1, 100));
  row.run = never ? container_row::state::exited : container_row::state::waiting;
  row.next_start = s.now + backoff + std::chrono::seconds{1};
  row.working_set = 0;
  row.used = 0;
  auto began = row.started;
  ++s.truth.restarts;
  if (r.root != no_row)
    ++s.owners[r.root].truth.restarts;
  set_serving(s, pod_index, false);
  change_pod(s, pod_index, [&](pod& p) {
    auto& status = p.statuses[i];
    status.ready = false;
    status.started = instant{};
    status.last_termination = termination{std::string(reason), exit_code, began, s.now};
    p.ready = false;
    if (never) {
      p.phase = pod_phase::failed;
      for (auto& c : r.containers)
        c.run = container_row::state::exited;
    }
  });
  if (never)
    take_off_node(s, pod_index);
  if (backoff > milliseconds{0} && !never)
    tell(s, "Pod", s.pod_of(pod_index).meta, "BackOff",
         fmt::format("Back-off restarting failed container {}",
                     s.pod_of(pod_index).containers[i].name),
         "kubelet", true);
  if (!never)
    s.due.plan(row.next_start, deed::restart_container, pod_index, r.serial);
}

void restart_container(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  if (r.terminating || r.node == no_row || s.nodes[r.node].dead ||
      s.pod_of(pod_index).phase != pod_phase::running)
    return;
  bool any = false;
  for (auto& row : r.containers)
    any |= row.run == container_row::state::waiting && row.next_start <= s.now;
  if (!any)
    return;
  change_pod(s, pod_index, [&](pod& p) {
    for (size_t i = 0; i < p.containers.size(); ++i) {
      auto& row = r.containers[i];
      if (row.run != container_row::state::waiting || row.next_start > s.now)
        continue;
      ++p.statuses[i].restarts;
      run(s, pod_index, i, p.containers[i], p.statuses[i]);
    }
  });
  s.due.plan(s.now + start_up_of(s, pod_index), deed::pod_ready, pod_index, r.serial);
}

void bounce_container(cluster_state& s, uint32_t pod_index, size_t i) {
  auto& r = s.pods[pod_index];
  auto& row = r.containers[i];
  if (row.run != container_row::state::running)
    return;
  row.crashes = 0;
  row.run = container_row::state::waiting;
  row.next_start = s.now + std::chrono::seconds{1};
  auto began = row.started;
  ++s.truth.restarts;
  if (r.root != no_row)
    ++s.owners[r.root].truth.restarts;
  set_serving(s, pod_index, false);
  change_pod(s, pod_index, [&](pod& p) {
    auto& status = p.statuses[i];
    status.ready = false;
    status.started = instant{};
    status.last_termination = termination{"Completed", 0, began, s.now};
    p.ready = false;
  });
  s.due.plan(row.next_start, deed::restart_container, pod_index, r.serial);
}

void finish_pod(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  if (r.terminating || s.pod_of(pod_index).phase != pod_phase::running ||
      !counts_down(s, pod_index))
    return;
  set_serving(s, pod_index, false);
  for (auto& row : r.containers)
    row.run = container_row::state::exited;
  change_pod(s, pod_index, [&](pod& p) {
    p.phase = pod_phase::succeeded;
    p.ready = false;
    for (size_t i = 0; i < p.containers.size(); ++i)
      if (runs_on(p.containers[i])) {
        p.statuses[i].ready = false;
        p.statuses[i].last_termination = termination{"Completed", 0, p.statuses[i].started, s.now};
        p.statuses[i].started = instant{};
      }
  });
  take_off_node(s, pod_index);
}

void delete_pod(cluster_state& s, uint32_t pod_index) {
  auto& r = s.pods[pod_index];
  if (r.terminating)
    return;
  auto phase = s.pod_of(pod_index).phase;
  if (r.node == no_row || phase == pod_phase::succeeded || phase == pod_phase::failed)
    return remove_object(s, r.slot);
  r.terminating = true;
  set_serving(s, pod_index, false);
  change_pod(s, pod_index, [&](pod& p) {
    p.meta.deleted = s.now + s.cfg.grace;
    p.ready = false;
  });
  auto* profile = profile_of(s, pod_index);
  auto stop =
    std::min(s.cfg.grace, profile ? profile->stop : milliseconds{std::chrono::seconds{2}});
  s.due.plan(s.now + stop, deed::remove_pod, pod_index, r.serial);
}

}  // namespace scaleops::embedded
