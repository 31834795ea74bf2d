#include "integration/sim/world/truth.hpp"

#include <algorithm>
#include <utility>

#include "messages/labels.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::sim {

namespace {

constexpr milliseconds memory_kept = std::chrono::minutes{20};
constexpr size_t remembered_shorts = 100;

/// An annotation, or else a label of that name.
const std::string* said(const string_map& annotations, const string_map& labels,
                        std::string_view key) {
  std::string name{key};
  if (auto found = annotations.find(name); found != annotations.end())
    return &found->second;
  auto found = labels.find(name);
  return found == labels.end() ? nullptr : &found->second;
}

}  // namespace

bool truth::moved(object_kind kind) {
  auto next = model_.state().store.next_change(kind);
  return std::exchange(next_change_[kind], next) != next;
}

void truth::look() {
  look_at_memory();
  auto& store = model_.state().store;
  if (store.version() == version_)
    return;
  version_ = store.version();
  bool owners = moved(object_kind::workload);
  bool wishes = moved(object_kind::recommendation) | moved(object_kind::automated_namespace) |
                moved(object_kind::namespace_object);
  bool pods = moved(object_kind::pod);
  if (owners || wishes)
    look_at_grants();
  if (pods)
    look_at_pods();
  if (owners || pods)
    count_ready();
  if (moved(object_kind::pod_disruption_budget))
    look_at_budgets();
  if (moved(object_kind::checkpoint))
    look_at_checkpoints();
}

/// Every value that a node's step computes is noted: whoever measured, saw one of them.
void truth::look_at_memory() {
  auto& s = model_.state();
  stepped_.resize(s.nodes.size());
  for (uint32_t i = 0; i < s.nodes.size(); ++i) {
    auto& n = s.nodes[i];
    if (!n.slot || n.stepped == stepped_[i])
      continue;
    stepped_[i] = n.stepped;
    for (auto row : n.pods) {
      auto& value = s.pod_of(row);
      auto& containers = s.pods[row].containers;
      for (size_t c = 0; c < containers.size(); ++c) {
        auto& past = memory_[{{value.meta.ns, value.meta.name}, value.containers[c].name}];
        past.push_back({now(), containers[c].working_set});
        while (now() - past.front().at > memory_kept)
          past.pop_front();
      }
    }
  }
}

void truth::look_at_pods() {
  ++round_;
  auto& store = model_.state().store;
  bool evicting =
    model_.statistics().evictions != std::exchange(evictions_, model_.statistics().evictions);
  std::vector<pod_change> changes;
  store.each(object_kind::pod, {}, [&](embedded::handle e) {
    auto& value = e->as<pod>();
    auto& seen = pods_[value.meta.uid];
    seen.round = round_;
    if (seen.value == e->value)
      return;
    if (!seen.value)
      seen.owner = model_.workload_of(value);
    auto before = object_cast<pod>(seen.value);
    bool leaves = before && !before->meta.deleted && value.meta.deleted;
    changes.push_back({before, object_cast<pod>(e->value), seen.owner, evicting && leaves});
    seen.value = e->value;
  });
  for (auto it = pods_.begin(); it != pods_.end();) {
    if (it->second.round == round_) {
      ++it;
      continue;
    }
    auto before = object_cast<pod>(it->second.value);
    bool at_once = before && !before->meta.deleted;
    changes.push_back({before, nullptr, it->second.owner, evicting && at_once});
    if (before)
      for (auto& c : before->containers)
        memory_.erase({{before->meta.ns, before->meta.name}, c.name});
    it = pods_.erase(it);
  }
  if (on_pod)
    for (auto& change : changes)
      on_pod(change);
}

void truth::count_ready() {
  for (auto& [ref, one] : workloads_)
    one.ready = 0;
  for (auto& [uid, seen] : pods_) {
    auto& value = std::get<pod>(*seen.value);
    if (value.ready && !value.meta.deleted)
      ++workloads_[seen.owner].ready;
  }
  for (auto& [ref, one] : workloads_) {
    auto missing = std::max(0, one.desired - one.ready);
    if (one.shorts.empty() || one.shorts.back().second != missing)
      one.shorts.emplace_back(now(), missing);
    if (one.shorts.size() > remembered_shorts)
      one.shorts.pop_front();
  }
}

void truth::look_at_grants() {
  for (auto& [ref, one] : workloads_) {
    one.desired = 0;
    if (std::exchange(one.granted_now, false))
      one.granted = now();
  }
  model_.state().store.each(object_kind::workload, {}, [&](embedded::handle e) {
    auto& owner = e->as<workload>();
    if (!owner.meta.owners.empty())
      return;
    workload_ref ref{owner.meta.ns, owner.kind, owner.meta.name};
    auto& one = workloads_[ref];
    one.desired = owner.kind == "Job" || owner.kind == "CronJob" ? 0 : owner.replicas;
    one.granted_now = granted(ref);
  });
}

bool truth::granted(const workload_ref& ref) const {
  auto& store = model_.state().store;
  if (ref.ns == labels::system_namespace || ref.ns.starts_with("kube-"))
    return false;
  auto* owner = model_.find_workload(ref);
  auto space = store.find(object_kind::namespace_object, {}, ref.ns);
  auto wish = store.find(object_kind::recommendation, ref.ns, ref.object_name());
  if (wish && wish->as<recommendation>().excluded)
    return false;
  // From the template outwards: annotations, labels.
  std::vector<std::pair<const string_map*, const string_map*>> voices;
  if (owner) {
    voices.emplace_back(&owner->template_annotations, &owner->template_labels);
    voices.emplace_back(&owner->meta.annotations.get(), &owner->meta.labels.get());
  }
  if (space)
    voices.emplace_back(&meta_of(*space->value).annotations.get(),
                        &meta_of(*space->value).labels.get());
  auto nearest = [&](std::string_view key) {
    for (auto& [annotations, marks] : voices)
      if (auto* text = said(*annotations, *marks, key))
        return *text == "true";
    return false;
  };
  for (auto& [annotations, marks] : voices)
    if (auto* text = said(*annotations, *marks, labels::exclude_automation);
        text && *text != "false")
      return false;
  if (nearest(labels::force_auto))
    return true;
  if (wish && wish->as<recommendation>().automation &&
      !wish->as<recommendation>().automation->granted_by.empty())
    return true;
  auto grant = store.find(object_kind::automated_namespace, {}, ref.ns);
  if (grant && !grant->as<automated_namespace>().grant.granted_by.empty())
    return true;
  return nearest(labels::default_rightsize_auto);
}

void truth::look_at_budgets() {
  for (auto it = budgets_.begin(); it != budgets_.end();)
    it = model_.state().store.find(object_kind::pod_disruption_budget, it->first.first,
                                   it->first.second)
           ? std::next(it)
           : budgets_.erase(it);
  model_.state().store.each(object_kind::pod_disruption_budget, {}, [&](embedded::handle e) {
    auto& one = budgets_[{meta_of(*e->value).ns, meta_of(*e->value).name}];
    if (one.value && one.value->disruptions_allowed > 0)
      one.allowed = now();  // until now
    one.value = object_cast<pod_disruption_budget>(e->value);
  });
}

void truth::look_at_checkpoints() {
  auto& store = model_.state().store;
  for (auto it = checkpoints_.begin(); it != checkpoints_.end();) {
    auto& value = std::get<checkpoint>(*it->second);
    if (store.find(object_kind::checkpoint, value.meta.ns, value.meta.name)) {
      ++it;
      continue;
    }
    if (on_checkpoint)
      on_checkpoint(value, true);
    it = checkpoints_.erase(it);
  }
  store.each(object_kind::checkpoint, {}, [&](embedded::handle e) {
    auto& value = e->as<checkpoint>();
    if (std::exchange(checkpoints_[value.meta.name], e->value) != e->value && on_checkpoint)
      on_checkpoint(value, false);
  });
}

truth::felt truth::last_granted(const workload_ref& ref) const {
  auto found = workloads_.find(ref);
  if (found == workloads_.end())
    return granted(ref) ? now() : never;  // groups and bare pods
  return found->second.granted_now ? now() : found->second.granted;
}

truth::felt truth::last_allowed(const pod& of) const {
  auto last = now();
  for (auto& [key, one] : budgets_)
    if (key.first == of.meta.ns && one.value->selector.matches(of.meta.labels))
      last = std::min(last, one.value->disruptions_allowed > 0 ? now() : one.allowed);
  return last;
}

int32_t truth::least_short(const workload_ref& ref, felt since) const {
  auto found = workloads_.find(ref);
  if (found == workloads_.end() || found->second.shorts.empty())
    return 0;
  auto& past = found->second.shorts;
  auto least = past.back().second;
  // The last one before `since` still held then.
  for (auto it = past.rbegin(); it != past.rend(); ++it) {
    least = std::min(least, it->second);
    if (it->first < since)
      break;
  }
  return least;
}

int32_t truth::desired(const workload_ref& ref) const {
  auto found = workloads_.find(ref);
  return found == workloads_.end() ? 0 : found->second.desired;
}

std::optional<int64_t> truth::least_memory(const pod_ref& of, const std::string& container,
                                           felt since) const {
  auto found = memory_.find({of, container});
  if (found == memory_.end())
    return std::nullopt;
  std::optional<int64_t> least;
  // The last one before `since` still held then.
  for (auto it = found->second.rbegin(); it != found->second.rend(); ++it) {
    least = std::min(least.value_or(it->bytes), it->bytes);
    if (it->at < since)
      break;
  }
  return least;
}

}  // namespace scaleops::sim
