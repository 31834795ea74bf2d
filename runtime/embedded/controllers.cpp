// What all controllers share: pods from templates, counting, status, garbage collection. Kinds have
// files of their own: deployment.cpp (with ReplicaSets), stateful_set.cpp, daemon_set.cpp, job.cpp
// (with CronJobs).
#include <algorithm>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

constexpr milliseconds first_retry = std::chrono::seconds{1};
constexpr milliseconds longest_retry = std::chrono::minutes{5};

uint64_t mix_in(uint64_t seed, std::string_view text) {
  return fingerprint("\n", fingerprint(text, seed));
}

uint64_t mix_in(uint64_t seed, const std::optional<int64_t>& value) {
  return mix_in(seed, value ? std::to_string(*value) : std::string("-"));
}

}  // namespace

void reconcile_owner(cluster_state& s, uint32_t owner) {
  auto& kind = s.owner_of(owner).kind;
  if (kind == "Deployment" || kind == "Rollout")
    reconcile_deployment(s, owner);
  else if (kind == "ReplicaSet")
    reconcile_replica_set(s, owner);
  else if (kind == "StatefulSet")
    reconcile_stateful_set(s, owner);
  else if (kind == "DaemonSet")
    reconcile_daemon_set(s, owner);
  else if (kind == "Job")
    reconcile_job(s, owner);
  else if (kind == "CronJob")
    reconcile_cron_job(s, owner);
}

std::string template_hash(const workload& owner) {
  uint64_t h = fingerprint(owner.kind);
  for (auto& map : {owner.template_labels, owner.template_annotations})
    for (auto& [key, value] : map)
      h = mix_in(mix_in(h, key), value);
  for (auto& c : owner.containers) {
    h = mix_in(mix_in(h, c.name), c.image);
    for (auto& v : {c.resources.requests.cpu, c.resources.requests.memory, c.resources.limits.cpu,
                    c.resources.limits.memory})
      h = mix_in(h, v);
    h = mix_in(h, fmt::format("{}{}{}", int(c.role), int(c.resize_cpu), int(c.resize_memory)));
  }
  return fmt::format("{:010x}", mix(h) & 0xffffffffff);
}

creation from_template(const cluster_state& s, uint32_t owner) {
  auto& from = s.owner_of(owner);
  creation out;
  out.owner = owner;
  out.generate_name = from.meta.name + "-";
  auto& p = out.value;
  p.meta.ns = from.meta.ns;
  p.meta.labels = from.template_labels;
  p.meta.annotations = from.template_annotations;
  p.meta.owners.push_back({from.kind, from.meta.name, from.meta.uid, true});
  p.containers = from.containers;
  p.restart_never = from.kind == "Job";
  return out;
}

void spawn_pod(cluster_state& s, uint32_t owner, creation what) {
  auto& r = s.owners[owner];
  ++r.creating;
  auto serial = r.serial;
  auto node = what.wanted_node;
  if (node != no_row)
    r.creating_on.push_back(node);
  create_pod(s, std::move(what), [&s, owner, serial, node](const outcome<object_ptr>& result) {
    if (!s.owners.alive(owner, serial)) {
      // The owner went while the webhook was asked: so does the pod.
      if (result)
        delete_pod(s, s.store.find(key_of(**result))->row);
      return;
    }
    auto& row = s.owners[owner];
    --row.creating;
    std::erase(row.creating_on, node);
    s.dirty_owners.insert(owner);
    if (result) {
      row.failures = 0;
      return;
    }
    auto wait = std::min(longest_retry, first_retry * (int64_t{1} << std::min(row.failures, 10u)));
    ++row.failures;
    row.retry = s.now + wait;
    auto& meta = s.owner_of(owner).meta;
    tell(s, s.owner_of(owner).kind, meta, "FailedCreate", "Error creating: " + result.error().text,
         "controller-manager", true);
    s.due.plan(row.retry, deed::retry_owner, owner, serial);
  });
}

bool active(const cluster_state& s, uint32_t pod_index) {
  auto& value = s.pod_of(pod_index);
  return !s.pods[pod_index].terminating && value.phase != pod_phase::succeeded &&
         value.phase != pod_phase::failed;
}

bool available(cluster_state& s, uint32_t pod_index, uint32_t owner) {
  auto& value = s.pod_of(pod_index);
  if (!value.ready)
    return false;
  auto since = value.ready_since + s.owner_of(owner).min_ready;
  if (since <= s.now)
    return true;
  s.due.plan(since, deed::retry_owner, owner, s.owners[owner].serial);
  return false;
}

void write_status(cluster_state& s, uint32_t owner, const owner_status& status) {
  auto& value = s.owner_of(owner);
  auto& r = s.owners[owner];
  if (value.ready_replicas == status.ready && value.updated_replicas == status.updated &&
      value.current_replicas == status.current && value.revision == status.revision &&
      value.observed_generation == value.meta.generation)
    return;
  s.store.mutate<workload>(r.slot, s.now, [&](workload& w) {
    w.ready_replicas = status.ready;
    w.updated_replicas = status.updated;
    w.current_replicas = status.current;
    w.revision = status.revision;
    w.observed_generation = w.meta.generation;
  });
  if (r.parent != no_row)
    s.dirty_owners.insert(r.parent);
  auto& stored = s.owner_of(owner);  // `value` was replaced
  touch_budgets(s, stored.meta.ns, stored.template_labels);
}

void set_replicas(cluster_state& s, uint32_t owner, int32_t replicas) {
  if (s.owner_of(owner).replicas == replicas)
    return;
  s.store.mutate<workload>(s.owners[owner].slot, s.now, [&](workload& w) {
    w.replicas = replicas;
    ++w.meta.generation;
  });
  s.dirty_owners.insert(owner);
}

void collect_owner(cluster_state& s, uint32_t owner) {
  for (auto child : std::vector<uint32_t>(s.owners[owner].children))
    collect_owner(s, child);
  for (auto pod_index : std::vector<uint32_t>(s.owners[owner].pods))
    delete_pod(s, pod_index);
  // What else names it as its only owner: our Recommendations, budgets, autoscalers.
  auto meta = s.owner_of(owner).meta;
  std::vector<handle> orphans;
  for (auto kind : {object_kind::recommendation, object_kind::pod_disruption_budget,
                    object_kind::horizontal_pod_autoscaler, object_kind::lease})
    s.store.each(kind, meta.ns, [&](handle e) {
      auto& owners = meta_of(*e->value).owners;
      if (!owners.empty() &&
          std::all_of(owners.begin(), owners.end(),
                      [&](const owner_reference& o) { return o.uid == meta.uid; }))
        orphans.push_back(e);
    });
  for (auto e : orphans)
    remove_object(s, e);
  remove_object(s, s.owners[owner].slot);
}

void settle(cluster_state& s) {
  while (!s.dirty_owners.empty() || !s.dirty_budgets.empty() || !s.dirty_quotas.empty() ||
         s.room_changed) {
    while (!s.dirty_owners.empty()) {
      auto owner = *s.dirty_owners.begin();
      s.dirty_owners.erase(s.dirty_owners.begin());
      if (s.owners[owner].slot)
        reconcile_owner(s, owner);
    }
    while (!s.dirty_quotas.empty()) {
      auto ns = std::move(s.dirty_quotas.extract(s.dirty_quotas.begin()).value());
      update_quotas(s, ns);
    }
    while (!s.dirty_budgets.empty()) {
      auto key = std::move(s.dirty_budgets.extract(s.dirty_budgets.begin()).value());
      if (auto at = s.store.find(object_kind::pod_disruption_budget, key.first, key.second))
        update_budget(s, at);
    }
    if (s.pending.empty())
      s.room_changed = false;
    else
      schedule_pending(s);
  }
}

}  // namespace scaleops::embedded
