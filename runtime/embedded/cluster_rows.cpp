#include <algorithm>

#include "runtime/embedded/cluster_state.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

namespace {

const owner_reference* controller_of(const metadata& meta) {
  for (auto& owner : meta.owners)
    if (owner.controller)
      return &owner;
  return nullptr;
}

uint32_t owner_row_of(const cluster_state& s, const metadata& meta) {
  auto* controller = controller_of(meta);
  if (!controller)
    return no_row;
  auto found = s.owner_by_uid.find(controller->uid);
  return found == s.owner_by_uid.end() ? no_row : found->second;
}

void drop(std::vector<uint32_t>& from, uint32_t value) {
  if (auto it = std::find(from.begin(), from.end(), value); it != from.end())
    from.erase(it);
}

/// Room has come: the node's deferred resizes are looked at again.
void retry_deferred(cluster_state& s, uint32_t node) {
  if (s.nodes[node].dead)
    return;
  for (auto pod_index : s.nodes[node].pods)
    if (s.pod_of(pod_index).resize.pending == resize_status::pending_reason::deferred)
      s.due.plan(s.now + s.cfg.resize_sync, deed::sync_resize, pod_index, s.pods[pod_index].serial);
}

void mark_pod(cluster_state& s, const pod_row& row, const pod& value) {
  if (row.owner != no_row)
    s.dirty_owners.insert(row.owner);
  touch_budgets(s, value.meta.ns, value.meta.labels);
}

uint32_t add_pod(cluster_state& s, handle at) {
  auto row = s.pods.add();
  auto& r = s.pods[row];
  auto& value = at->as<pod>();
  r.slot = at;
  r.containers.resize(value.containers.size());
  r.owner = owner_row_of(s, value.meta);
  r.root = r.owner == no_row ? no_row : root_of(s, r.owner);
  auto sum = effective_requests(value);
  r.cpu = sum.cpu;
  r.memory = sum.memory;
  if (r.owner != no_row)
    s.owners[r.owner].pods.push_back(row);
  mark_pod(s, r, value);
  s.dirty_quotas.insert(value.meta.ns);
  ++s.truth.pods_created;
  return row;
}

uint32_t add_owner(cluster_state& s, handle at) {
  auto row = s.owners.add();
  auto& r = s.owners[row];
  auto& value = at->as<workload>();
  r.slot = at;
  s.owner_by_uid[value.meta.uid] = row;
  r.parent = owner_row_of(s, value.meta);
  if (r.parent != no_row)
    s.owners[r.parent].children.push_back(row);
  if (auto load = s.loads.find({value.meta.ns, value.kind + "/" + value.meta.name});
      load != s.loads.end())
    r.load = load->second;
  s.dirty_owners.insert(row);
  return row;
}

uint32_t add_node(cluster_state& s, handle at) {
  auto row = s.nodes.add();
  auto& r = s.nodes[row];
  r.slot = at;
  r.stepped = s.now;
  s.room_changed = true;
  return row;
}

void remove_pod_row(cluster_state& s, uint32_t row) {
  auto& r = s.pods[row];
  set_serving(s, row, false);
  take_off_node(s, row);
  s.pending.erase(row);
  if (r.owner != no_row)
    drop(s.owners[r.owner].pods, row);
  auto& value = r.slot->as<pod>();
  mark_pod(s, r, value);
  s.dirty_quotas.insert(value.meta.ns);
  ++s.truth.pods_deleted;
  s.pods.release(row);
}

void remove_owner_row(cluster_state& s, uint32_t row) {
  auto& r = s.owners[row];
  s.owner_by_uid.erase(r.slot->as<workload>().meta.uid);
  for (auto pod : r.pods) {
    set_serving(s, pod, false);
    s.pods[pod].owner = no_row;
    s.pods[pod].root = no_row;
  }
  for (auto child : r.children)
    s.owners[child].parent = no_row;
  if (r.parent != no_row) {
    drop(s.owners[r.parent].children, row);
    s.dirty_owners.insert(r.parent);
  }
  s.dirty_owners.erase(row);
  s.owners.release(row);
}

}  // namespace

handle add_object(cluster_state& s, object value) {
  auto at = s.store.insert(std::move(value), s.now);
  auto& ns = meta_of(*at->value).ns;
  switch (kind_of(*at->value)) {
    case object_kind::pod:
      at->row = add_pod(s, at);
      break;
    case object_kind::workload:
      at->row = add_owner(s, at);
      break;
    case object_kind::node:
      at->row = add_node(s, at);
      break;
    case object_kind::pod_disruption_budget:
      s.dirty_budgets.insert({ns, meta_of(*at->value).name});
      break;
    case object_kind::resource_quota:
      s.dirty_quotas.insert(ns);
      break;
    default:
      break;
  }
  return at;
}

void remove_object(cluster_state& s, handle at) {
  switch (kind_of(*at->value)) {
    case object_kind::pod:
      remove_pod_row(s, at->row);
      break;
    case object_kind::workload:
      remove_owner_row(s, at->row);
      break;
    case object_kind::node:
      s.nodes.release(at->row);
      break;
    default:
      break;
  }
  s.store.erase(at, s.now);
}

void touch_budgets(cluster_state& s, const std::string& ns, const string_map& labels) {
  s.store.each(object_kind::pod_disruption_budget, ns, [&](handle e) {
    auto& budget = e->as<pod_disruption_budget>();
    if (budget.selector.matches(labels))
      s.dirty_budgets.insert({ns, budget.meta.name});
  });
}

uint32_t root_of(const cluster_state& s, uint32_t owner) {
  while (s.owners[owner].parent != no_row)
    owner = s.owners[owner].parent;
  return owner;
}

void pod_changed(cluster_state& s, uint32_t row, const pod& before) {
  auto& r = s.pods[row];
  auto& value = s.pod_of(row);
  auto sum = effective_requests(value);
  if (sum.cpu != r.cpu || sum.memory != r.memory) {
    if (r.node != no_row) {
      s.nodes[r.node].cpu += sum.cpu - r.cpu;
      s.nodes[r.node].memory += sum.memory - r.memory;
      if (sum.cpu < r.cpu || sum.memory < r.memory) {
        s.room_changed = true;
        retry_deferred(s, r.node);
      }
    }
    r.cpu = sum.cpu;
    r.memory = sum.memory;
    s.dirty_quotas.insert(value.meta.ns);
  }
  if (before.ready != value.ready || before.phase != value.phase ||
      before.meta.deleted != value.meta.deleted || before.meta.labels != value.meta.labels) {
    mark_pod(s, r, value);
    if (before.meta.labels != value.meta.labels)
      touch_budgets(s, value.meta.ns, before.meta.labels);
  }
}

void put_on_node(cluster_state& s, uint32_t pod, uint32_t node) {
  auto& r = s.pods[pod];
  auto& n = s.nodes[node];
  r.node = node;
  n.pods.push_back(pod);
  n.cpu += r.cpu;
  n.memory += r.memory;
}

void take_off_node(cluster_state& s, uint32_t pod) {
  auto& r = s.pods[pod];
  if (r.node == no_row)
    return;
  auto& n = s.nodes[r.node];
  drop(n.pods, pod);
  n.cpu -= r.cpu;
  n.memory -= r.memory;
  retry_deferred(s, r.node);
  r.node = no_row;
  s.room_changed = true;
}

void set_serving(cluster_state& s, uint32_t pod, bool serving) {
  auto& r = s.pods[pod];
  if (r.serving == serving)
    return;
  r.serving = serving;
  if (r.root != no_row)
    s.owners[r.root].serving += serving ? 1 : -1;
}

}  // namespace scaleops::embedded
