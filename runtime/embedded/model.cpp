#include "runtime/embedded/model.hpp"

#include <algorithm>
#include <bit>

#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

constexpr milliseconds housekeeping_period = std::chrono::seconds{15};

}  // namespace

cluster_model::cluster_model(embedded_config config, cluster_spec spec) : s_(std::move(config)) {
  auto start = s_.cfg.start;
  s_.now = start - s_.cfg.settle;
  build(std::move(spec));
  auto grid = s_.now;
  s_.due.plan(grid, deed::step_nodes);
  s_.due.plan(grid + s_.cfg.autoscale_period, deed::autoscale);
  s_.due.plan(grid + housekeeping_period, deed::housekeeping);
  embedded::settle(s_);
  advance(start);
  s_.truth = cluster_statistics{};
  s_.truth.since = s_.truth.at = start;
  for (uint32_t i = 0; i < s_.owners.size(); ++i)
    s_.owners[i].truth = {};
}

void cluster_model::build(cluster_spec spec) {
  auto add_namespace = [&](const std::string& name) {
    if (name.empty() || s_.store.find(object_kind::namespace_object, {}, name))
      return;
    namespace_object fresh;
    fresh.meta.name = name;
    fresh.meta.labels["kubernetes.io/metadata.name"] = name;
    add_object(s_, object{std::move(fresh)});
  };
  for (auto& given : spec.namespaces) {
    given.meta.labels["kubernetes.io/metadata.name"] = given.meta.name;
    add_object(s_, object{std::move(given)});
  }
  for (auto name : {"default", "kube-system", "scaleops-system"})
    add_namespace(name);
  for (auto& n : spec.nodes)
    add_object(s_, object{std::move(n)});
  for (auto& one : spec.others) {
    add_namespace(meta_of(one).ns);
    add_object(s_, std::move(one));
  }
  for (auto& one : spec.workloads) {
    auto& meta = one.object.meta;
    add_namespace(meta.ns);
    s_.loads[{meta.ns, one.object.kind + "/" + meta.name}] = std::move(one.load);
    add_object(s_, object{std::move(one.object)});
  }
}

void cluster_model::advance(instant now) {
  while (true) {
    auto next = s_.due.next();
    if (!next || *next > now)
      break;
    s_.now = std::max(s_.now, *next);
    perform(s_.due.take());
    // What is due at the same moment settles together.
    if (auto after = s_.due.next(); !after || *after > s_.now)
      embedded::settle(s_);
  }
  s_.now = std::max(s_.now, now);
  s_.truth.at = s_.now;
}

instant cluster_model::next_due() const {
  return s_.due.next().value_or(s_.now + housekeeping_period);
}

void cluster_model::perform(const due& what) {
  switch (what.what) {
    case deed::step_nodes:
      for (uint32_t i = 0; i < s_.nodes.size(); ++i)
        if (s_.nodes[i].slot && s_.now - s_.nodes[i].stepped >= s_.cfg.step)
          step_node(s_, i);
      s_.due.plan(what.at + s_.cfg.step, deed::step_nodes);
      return;
    case deed::autoscale:
      autoscale(s_);
      s_.due.plan(what.at + s_.cfg.autoscale_period, deed::autoscale);
      return;
    case deed::housekeeping:
      s_.store.forget_old(s_.now);
      forget_old_events(s_);
      s_.due.plan(what.at + housekeeping_period, deed::housekeeping);
      return;
    case deed::retry_schedule:
      s_.room_changed = true;
      return;
    case deed::node_lost:
    case deed::evict_from_node:
      if (s_.nodes.alive(what.row, what.serial))
        what.what == deed::node_lost ? lose_node(s_, what.row) : evict_from_node(s_, what.row);
      return;
    case deed::retry_owner:
    case deed::run_cron:
      if (!s_.owners.alive(what.row, what.serial))
        return;
      if (what.what == deed::run_cron)
        return run_cron(s_, what.row);
      s_.dirty_owners.insert(what.row);
      if (s_.owners[what.row].parent != no_row)
        s_.dirty_owners.insert(s_.owners[what.row].parent);
      return;
    default:
      break;
  }
  if (!s_.pods.alive(what.row, what.serial))
    return;
  switch (what.what) {
    case deed::start_pod:
      return start_pod(s_, what.row);
    case deed::pod_ready:
      return mark_ready(s_, what.row);
    case deed::restart_container:
      return restart_container(s_, what.row);
    case deed::finish_pod:
      return finish_pod(s_, what.row);
    case deed::sync_resize:
      return sync_resize(s_, what.row);
    case deed::actuate_resize:
      return actuate_resize(s_, what.row);
    case deed::remove_pod:
      if (auto& r = s_.pods[what.row]; r.node == no_row || !s_.nodes[r.node].dead)
        remove_object(s_, r.slot);
      return;
    default:
      return;
  }
}

void cluster_model::settle() {
  embedded::settle(s_);
  if (on_altered)
    on_altered();
}

uint64_t cluster_model::digest() const {
  auto bits = [](double x) { return std::bit_cast<uint64_t>(x); };
  auto dice = s_.dice;
  uint64_t h = mix(s_.store.version());
  for (auto part : {uint64_t(s_.now.time_since_epoch().count()), bits(s_.truth.sums.cpu_used),
                    bits(s_.truth.sums.memory_requested), s_.truth.restarts, s_.truth.pods_created,
                    dice.next()})
    h = mix(h ^ part);
  return h;
}

const workload_statistics* cluster_model::statistics_of(const workload_ref& ref) const {
  auto at = s_.store.find(object_kind::workload, ref.ns, ref.name, ref.kind);
  return at ? &s_.owners[at->row].truth : nullptr;
}

const pod* cluster_model::find_pod(const pod_ref& ref) const {
  auto at = s_.store.find(object_kind::pod, ref.ns, ref.name);
  return at ? &at->as<pod>() : nullptr;
}

const workload* cluster_model::find_workload(const workload_ref& ref) const {
  auto at = s_.store.find(object_kind::workload, ref.ns, ref.name, ref.kind);
  return at ? &at->as<workload>() : nullptr;
}

workload_ref cluster_model::workload_of(const pod& value) const {
  auto at = s_.store.find(object_kind::pod, value.meta.ns, value.meta.name);
  if (!at || s_.pods[at->row].root == no_row)
    return {value.meta.ns, "Pod", value.meta.name};
  auto& owner = s_.owner_of(s_.pods[at->row].root);
  return {owner.meta.ns, owner.kind, owner.meta.name};
}

int64_t cluster_model::working_set(const pod_ref& ref, std::string_view container) const {
  auto at = s_.store.find(object_kind::pod, ref.ns, ref.name);
  auto i = at ? find_container(at->as<pod>(), container) : std::nullopt;
  return i ? s_.pods[at->row].containers[*i].working_set : 0;
}

double cluster_model::demand(const pod_ref& ref, std::string_view container) const {
  auto at = s_.store.find(object_kind::pod, ref.ns, ref.name);
  auto i = at ? find_container(at->as<pod>(), container) : std::nullopt;
  return i ? s_.pods[at->row].containers[*i].demand : 0;
}

bool cluster_model::set_workload(const workload_ref& ref,
                                 const std::function<void(workload&)>& change) {
  auto at = s_.store.find(object_kind::workload, ref.ns, ref.name, ref.kind);
  if (!at)
    return false;
  s_.store.mutate<workload>(at, s_.now, [&](workload& w) {
    change(w);
    ++w.meta.generation;
  });
  s_.dirty_owners.insert(at->row);
  settle();
  return true;
}

bool cluster_model::add_node(node value) {
  if (s_.store.find(object_kind::node, {}, value.meta.name))
    return false;
  add_object(s_, object{std::move(value)});
  for (uint32_t i = 0; i < s_.owners.size(); ++i)
    if (s_.owners[i].slot && s_.owner_of(i).kind == "DaemonSet")
      s_.dirty_owners.insert(i);
  settle();
  return true;
}

bool cluster_model::cordon(std::string_view name, bool unschedulable) {
  auto at = s_.store.find(object_kind::node, {}, name);
  if (!at)
    return false;
  s_.store.mutate<node>(at, s_.now, [&](node& n) { n.unschedulable = unschedulable; });
  s_.room_changed = true;
  settle();
  return true;
}

bool cluster_model::kill_node(std::string_view name) {
  auto at = s_.store.find(object_kind::node, {}, name);
  if (!at)
    return false;
  embedded::kill_node(s_, at->row);
  settle();
  return true;
}

bool cluster_model::restart_node(std::string_view name) {
  auto at = s_.store.find(object_kind::node, {}, name);
  if (!at)
    return false;
  revive_node(s_, at->row);
  settle();
  return true;
}

bool cluster_model::remove_node(std::string_view name) {
  auto at = s_.store.find(object_kind::node, {}, name);
  if (!at)
    return false;
  embedded::remove_node(s_, at->row);
  settle();
  return true;
}

bool cluster_model::crash_container(const pod_ref& ref, std::string_view container) {
  auto at = s_.store.find(object_kind::pod, ref.ns, ref.name);
  auto i = at ? find_container(at->as<pod>(), container) : std::nullopt;
  if (!i)
    return false;
  kill_container(s_, at->row, *i, "Error", 1);
  settle();
  return true;
}

void cluster_model::metrics_outage(std::string_view name, milliseconds how_long) {
  for (uint32_t i = 0; i < s_.nodes.size(); ++i)
    if (s_.nodes[i].slot && (name.empty() || s_.node_of(i).meta.name == name))
      s_.nodes[i].metrics_out_until = s_.now + how_long;
}

void cluster_model::repeat_events(size_t changes) {
  s_.watches.rewind(changes);
  settle();
}

void cluster_model::compact_history() {
  s_.store.compact();
  settle();
}

void cluster_model::drop_watches(ec reason) {
  s_.watches.drop(std::nullopt, reason);
  settle();
}

}  // namespace scaleops::embedded
