#include "actors/agent/logic/discovery.hpp"

#include <algorithm>

#include "actors/common/logic/owner_chain.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

bool live(const pod& pod) {
  return pod.phase == pod_phase::running || pod.phase == pod_phase::pending;
}

bool measurable(const pod& pod) {
  return !pod.node.empty() && live(pod) && !pod.meta.deleted &&
         pod.meta.ns != labels::canary_namespace;
}

void overlay(string_map& base, const string_map& top) {
  for (auto& [key, value] : top)
    base.insert_or_assign(key, value);
}

void raise(std::optional<int64_t>& value, const std::optional<int64_t>& other) {
  if (other && (!value || *value < *other))
    value = other;
}

/// The largest of each value over the live pods: the careful reading when pods differ during a
/// change.
void raise(container_resources& value, const container_resources& other) {
  raise(value.requests.cpu, other.requests.cpu);
  raise(value.requests.memory, other.requests.memory);
  raise(value.limits.cpu, other.limits.cpu);
  raise(value.limits.memory, other.limits.memory);
}

const container_spec* container_of(const pod& pod, const std::string& name) {
  for (auto& container : pod.containers)
    if (container.name == name)
      return &container;
  return nullptr;
}

bool same_resources(const pod& a, const pod& b) {
  return std::equal(
    a.containers.begin(), a.containers.end(), b.containers.begin(), b.containers.end(),
    [](const container_spec& x, const container_spec& y) { return x.resources == y.resources; });
}

/// Kills that `after` reports and `before` did not.
void find_kills(const pod* before, const pod& after, const workload_ref& ref, discoveries& out) {
  for (auto& status : after.statuses) {
    auto& last = status.last_termination;
    if (!last || last->reason != "OOMKilled")
      continue;
    if (before) {
      auto old = std::find_if(before->statuses.begin(), before->statuses.end(),
                              [&](const container_status& s) { return s.name == status.name; });
      if (old != before->statuses.end() && old->last_termination == last)
        continue;
    }
    container_kill kill{status.name, {after.meta.ns, after.meta.name}, {}};
    kill.kill.at = last->finished;
    kill.kill.started = last->started;
    if (auto* spec = container_of(before ? *before : after, status.name)) {
      kill.kill.memory_limit = spec->resources.limits.memory.value_or(0);
      kill.kill.memory_request = spec->resources.requests.memory.value_or(0);
    }
    out.kills.push_back({after.meta.uid, ref, std::move(kill)});
  }
}

}  // namespace

void discovery::on_pod(const watch_event& event, discoveries& out) {
  auto change = pods_.apply(event);
  if (!change.after) {
    if (change.before)
      remove(*change.before, out);
    return;
  }
  auto known = placed_.find(change.after->meta.uid);
  if (known == placed_.end()) {
    place(change.after, out);
    return;
  }
  auto ref = known->second.workload;
  find_kills(change.before.get(), *change.after, ref, out);
  if (!measurable(*change.after))
    remove(*change.after, out);
  else if (change.before && !same_resources(*change.before, *change.after))
    refresh(ref, out);
}

void discovery::place(const object_cache<pod>::pointer& pod, discoveries& out) {
  std::pair name{pod->meta.ns, pod->meta.name};
  if (!measurable(*pod)) {
    unresolved_.erase(name);
    return;
  }
  auto ref = owner_of(*pod, workloads_, groupings_);
  if (!ref) {
    unresolved_.insert(std::move(name));
    return;
  }
  unresolved_.erase(name);
  known_[*ref].pods.insert(name);
  refresh(*ref, out);
  placed_pod placed{pod->meta.uid, pod->node, *ref, next_pod_id_++};
  out.placed.push_back(placed);
  placed_.emplace(pod->meta.uid, std::move(placed));
  find_kills(nullptr, *pod, *ref, out);
}

void discovery::remove(const pod& pod, discoveries& out) {
  unresolved_.erase({pod.meta.ns, pod.meta.name});
  auto found = placed_.find(pod.meta.uid);
  if (found == placed_.end())
    return;
  auto ref = found->second.workload;
  out.removed.push_back(pod.meta.uid);
  placed_.erase(found);
  if (auto known = known_.find(ref); known != known_.end()) {
    known->second.pods.erase({pod.meta.ns, pod.meta.name});
    refresh(ref, out);
  }
}

void discovery::on_workload(const watch_event& event, discoveries& out) {
  auto change = workloads_.apply(event);
  auto& value = change.after ? change.after : change.before;
  if (!value)
    return;
  if (change.after)
    retry_unresolved(value->meta.ns, out);
  workload_ref ref{value->meta.ns, value->kind, value->meta.name};
  if (known_.contains(ref))
    refresh(ref, out);
}

void discovery::on_namespace(const watch_event& event, discoveries& out) {
  auto change = namespaces_.apply(event);
  auto& value = change.after ? change.after : change.before;
  if (!value)
    return;
  auto first = known_.lower_bound({value->meta.name, {}, {}});
  for (auto it = first; it != known_.end() && it->first.ns == value->meta.name;) {
    auto ref = (it++)->first;  // refresh may erase it
    refresh(ref, out);
  }
}

void discovery::on_grouping(const watch_event& event, discoveries& out) {
  groupings_.apply(event);
  // Any pod may belong elsewhere now: take all of them out and place them again.
  for (auto& [name, pod] : pods_.all()) {
    if (!placed_.contains(pod->meta.uid))
      continue;
    remove(*pod, out);
    place(pod, out);
  }
}

void discovery::retry_unresolved(const std::string& ns, discoveries& out) {
  auto first = unresolved_.lower_bound({ns, {}});
  std::vector<std::pair<std::string, std::string>> again;
  for (auto it = first; it != unresolved_.end() && it->first == ns; ++it)
    again.push_back(*it);
  for (auto& name : again)
    if (auto pod = pods_.find(name.first, name.second))
      place(pod, out);
}

/// Tells changed facts; forgets a workload that has neither pods nor an owner object.
void discovery::refresh(const workload_ref& ref, discoveries& out) {
  auto found = known_.find(ref);
  if (found == known_.end())
    return;
  auto& known = found->second;
  if (known.pods.empty() && !workloads_.find(ref.ns, ref.name, ref.kind)) {
    if (known.facts)
      out.gone.push_back(ref);
    known_.erase(found);
    return;
  }
  auto facts = facts_of(ref, known);
  if (known.facts && *known.facts == *facts)
    return;
  known.facts = facts;
  out.seen.push_back(std::move(facts));
}

workload_facts_ptr discovery::facts_of(const workload_ref& ref, const known_workload& known) const {
  auto facts = std::make_shared<workload_facts>();
  facts->ref = ref;
  object_cache<pod>::pointer
    sample;  // the newest pod stands for owners whose template we do not see
  for (auto& name : known.pods)
    if (auto pod = pods_.find(name.first, name.second);
        pod && (!sample || sample->meta.created < pod->meta.created))
      sample = pod;
  if (auto owner = workloads_.find(ref.ns, ref.name, ref.kind)) {
    facts->uid = owner->meta.uid;
    facts->containers = owner->containers;
    facts->labels = owner->meta.labels;
    facts->annotations = owner->meta.annotations;
    overlay(facts->labels, owner->template_labels);
    overlay(facts->annotations, owner->template_annotations);
    facts->revision = owner->revision;
    facts->replicas = owner->replicas;
    facts->created = owner->meta.created;
  } else if (sample) {
    facts->labels = sample->meta.labels;
    facts->annotations = sample->meta.annotations;
    facts->replicas = int32_t(known.pods.size());
    facts->created = sample->meta.created;
  }
  if (facts->containers.empty() && sample)
    facts->containers = sample->containers;
  if (!known.pods.empty()) {
    facts->running.resize(facts->containers.size());
    for (auto& name : known.pods) {
      auto pod = pods_.find(name.first, name.second);
      for (size_t i = 0; pod && i < facts->containers.size(); ++i)
        if (auto* container = container_of(*pod, facts->containers[i].name))
          raise(facts->running[i], container->resources);
    }
  }
  if (sample)
    facts->revision_since = sample->meta.created;
  if (auto ns = namespaces_.find({}, ref.ns)) {
    facts->namespace_labels = ns->meta.labels;
    facts->namespace_annotations = ns->meta.annotations;
  }
  return facts;
}

}  // namespace scaleops
