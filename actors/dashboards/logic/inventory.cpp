#include "actors/dashboards/logic/inventory.hpp"

#include <algorithm>

namespace scaleops::dashboards::logic {

namespace {

constexpr size_t steps_kept = 96;
constexpr size_t kills_kept_of_workload = 50;
constexpr size_t kills_kept = 2000;
constexpr size_t events_kept = 2000;

using std::chrono::hours;
using std::chrono::minutes;

/// 3.4 kB a workload when full: 2 h by the minute, a day by ten minutes, eight days by the hour.
workload_history new_series() {
  return {{{minutes{1}, 120}, {minutes{10}, 144}, {hours{1}, 192}},
          {fold::mean, fold::peak, fold::mean, fold::peak}};
}

cluster_history new_cluster_series() {
  std::array<fold, cluster_channels> folds;
  folds.fill(fold::mean);
  return {{{minutes{1}, 24 * 60}, {minutes{10}, 14 * 144}, {hours{1}, 90 * 24}}, folds};
}

bool is_live(const pod& p) {
  return !p.meta.deleted && (p.phase == pod_phase::running || p.phase == pod_phase::pending);
}

amounts with_advice(const std::vector<container_spec>& containers, const recommendation* advice) {
  if (!advice)
    return pod_requests(containers);
  auto wished = containers;
  for (auto& part : advice->status.containers)
    if (auto at = find_container(wished, part.name))
      wished[*at].resources = merged(wished[*at].resources, part.target);
  return pod_requests(wished);
}

bool same_containers(const pod& a, const pod& b) {
  return a.containers == b.containers;
}

}  // namespace

workload_row::workload_row(workload_ref r) : ref(std::move(r)), series(new_series()) {}

bool workload_row::urgent() const {
  return advice && std::any_of(advice->status.containers.begin(), advice->status.containers.end(),
                               [](auto& part) { return part.urgent; });
}

double workload_row::confidence() const {
  if (!advice || advice->status.containers.empty())
    return 0;
  double least = 1;
  for (auto& part : advice->status.containers)
    least = std::min(least, part.confidence);
  return least;
}

size_t workload_row::kills_since(instant from) const {
  return size_t(
    std::count_if(kills.begin(), kills.end(), [&](auto& kill) { return kill.at >= from; }));
}

inventory::inventory() : series_(new_cluster_series()) {}

const workload_row* inventory::find(const workload_ref& ref) const {
  auto found = workloads_.find(ref);
  return found == workloads_.end() ? nullptr : &found->second;
}

void inventory::apply(const watch_event& event, instant now, inventory_news& news) {
  if (!event.object)
    return;
  bool deleted = event.what == watch_event::type::deleted;
  if (auto rule = object_cast<policy_rule>(event.object)) {
    news.policies = true;
    if (deleted)
      rules_.erase(rule->meta.name);
    else
      rules_.insert_or_assign(rule->meta.name, rule);
    return;
  }
  if (auto note = object_cast<scaleops::event>(event.object)) {
    auto key = key_of(*event.object);
    if (deleted)
      events_.erase(key);
    else
      events_.insert_or_assign(key, note);
    while (events_.size() > events_kept) {
      auto oldest = std::min_element(events_.begin(), events_.end(), [](auto& a, auto& b) {
        return a.second->last_seen < b.second->last_seen;
      });
      events_.erase(oldest);
    }
    return;
  }
  if (kind_of(*event.object) == object_kind::pod)
    return on_pod(event, now, news);
  view_.apply(event);
  if (auto owner = object_cast<workload>(event.object)) {
    retry_unplaced(owner->meta.ns);
    if (auto found = workloads_.find({owner->meta.ns, owner->kind, owner->meta.name});
        found != workloads_.end()) {
      refresh(found->second);
      note_step(found->second, now);
    }
  } else if (auto advice = object_cast<recommendation>(event.object)) {
    auto& row = row_of(advice->target);
    refresh(row);
    note_step(row, now);
    news.advised.insert(advice->target);
  } else if (auto space = object_cast<namespace_object>(event.object)) {
    refresh_namespace(space->meta.name);
  } else if (auto granted = object_cast<automated_namespace>(event.object)) {
    refresh_namespace(granted->meta.name);
  } else if (object_cast<policy>(event.object)) {
    news.policies = true;
  } else if (object_cast<health_report>(event.object)) {
    news.health = true;
  } else if (object_cast<custom_owner_grouping>(event.object)) {
    auto all = pods_;  // groupings move pods between workloads: place all anew
    for (auto& [ref, row] : all)
      drop_pod(*row.object);
    for (auto& [ref, row] : all)
      apply({watch_event::type::added, std::make_shared<const object>(*row.object), 0}, now, news);
  }
}

void inventory::on_pod(const watch_event& event, instant now, inventory_news& news) {
  auto current = object_cast<pod>(event.object);
  pod_ref ref{current->meta.ns, current->meta.name};
  auto found = pods_.find(ref);
  std::shared_ptr<const pod> before = found == pods_.end() ? nullptr : found->second.object;
  if (event.what == watch_event::type::deleted) {
    if (before)
      drop_pod(*before);
    view_.apply(event);
    return;
  }
  view_.apply(event);
  if (before && before->meta.uid != current->meta.uid) {
    drop_pod(*before);
    before = nullptr;
  }
  auto& row = pods_[ref];
  if (row.owner)
    add(*row.owner, row, -1);
  if (!before || !same_containers(*before, *current)) {
    row.requests = pod_requests(current->containers);
    row.limits = pod_limits(current->containers);
    row.meters.resize(current->containers.size());
  }
  bool moved = row.owner != nullptr;
  if (moved)
    row.owner->pods.erase(
      row.object->meta.name);  // the view must point into the object that stays alive
  row.object = current;
  row.live = is_live(*current);
  if (moved) {
    row.owner->pods[row.object->meta.name] = &row;
    add(*row.owner, row, 1);
  } else {
    place(row);
  }
  if (row.owner) {
    if (!before || !same_containers(*before, *current))
      refresh(*row.owner);
    note_step(*row.owner, now);
  }
  find_kills(row, before.get(), now, news);
}

void inventory::drop_pod(const pod& gone) {
  pod_ref ref{gone.meta.ns, gone.meta.name};
  auto found = pods_.find(ref);
  if (found == pods_.end())
    return;
  auto& row = found->second;
  if (row.owner) {
    add(*row.owner, row, -1);
    row.owner->pods.erase(row.object->meta.name);
  }
  unplaced_.erase(ref);
  pods_.erase(found);
}

void inventory::place(pod_row& row) {
  auto& object = *row.object;
  auto owner = view_.owner(object);
  if (!owner) {
    unplaced_.insert({object.meta.ns, object.meta.name});
    return;
  }
  row.owner = &row_of(*owner);
  row.owner->pods[object.meta.name] = &row;
  add(*row.owner, row, 1);
}

void inventory::retry_unplaced(std::string_view ns) {
  std::vector<pod_ref> again;
  for (auto at = unplaced_.lower_bound({std::string{ns}, {}});
       at != unplaced_.end() && at->ns == ns; ++at)
    again.push_back(*at);
  for (auto& ref : again) {
    unplaced_.erase(ref);
    auto& row = pods_.at(ref);
    place(row);
    if (row.owner)
      refresh(*row.owner);
  }
}

void inventory::find_kills(pod_row& row, const pod* before, instant now, inventory_news& news) {
  if (!row.owner)
    return;
  auto& current = *row.object;
  for (size_t i = 0; i < current.statuses.size(); ++i) {
    auto& last = current.statuses[i].last_termination;
    if (!last || last->reason != "OOMKilled")
      continue;
    bool known =
      before && i < before->statuses.size() && before->statuses[i].last_termination == last;
    if (known)
      continue;
    kill_mark mark{last->finished == instant{} ? now : last->finished,
                   {current.meta.ns, current.meta.name},
                   current.statuses[i].name,
                   i < current.containers.size()
                     ? current.containers[i].resources.limits.memory.value_or(0)
                     : 0};
    auto& told = row.owner->kills;
    if (std::any_of(told.begin(), told.end(), [&](auto& each) {
          return each.at == mark.at && each.pod == mark.pod && each.container == mark.container;
        }))
      continue;
    told.push_back(mark);
    if (told.size() > kills_kept_of_workload)
      told.pop_front();
    kills_.emplace_back(row.owner->ref, mark);
    if (kills_.size() > kills_kept)
      kills_.pop_front();
    if (before)  // what happened before we looked is history, not news
      news.kills.emplace_back(row.owner->ref, std::move(mark));
  }
}

workload_row& inventory::row_of(const workload_ref& ref) {
  auto [found, fresh] = workloads_.try_emplace(ref, ref);
  if (fresh)
    refresh(found->second);
  return found->second;
}

void inventory::refresh(workload_row& row) {
  row.advice = view_.recommendation_of(row.ref);
  row.owner = view_.workload_of(row.ref);
  row.grant = view_.grant_of(row.ref, nullptr, row.advice.get());
  const std::vector<container_spec>* running = nullptr;
  for (auto& [name, pod] : row.pods)
    if (pod->live)
      running = &pod->object->containers.get();
  if (!running && row.owner)
    running = &row.owner->containers;
  row.recommended_pod = running ? with_advice(*running, row.advice.get()) : amounts{};
  row.original_pod = row.owner && !row.owner->containers.empty()
                       ? pod_requests(row.owner->containers)
                     : running ? pod_requests(*running)
                               : amounts{};
}

void inventory::refresh_namespace(std::string_view ns) {
  for (auto at = workloads_.lower_bound({std::string{ns}, {}, {}});
       at != workloads_.end() && at->first.ns == ns; ++at)
    refresh(at->second);
}

void inventory::add(workload_row& row, const pod_row& pod, int sign) {
  for (auto& status : pod.object->statuses)
    row.restarts += sign * status.restarts;
  if (!pod.live)
    return;
  row.requests += pod.requests * sign;
  row.limits += pod.limits * sign;
  row.live += sign;
  row.ready += pod.object->ready ? sign : 0;
}

void inventory::note_step(workload_row& row, instant now) {
  if (row.live == 0)
    return;
  size_step step{now,
                 {row.requests.cpu / row.live, row.requests.memory / row.live},
                 {row.limits.cpu / row.live, row.limits.memory / row.live},
                 row.recommended_pod};
  if (!row.steps.empty() && row.steps.back().same_sizes(step))
    return;
  // A rollout changes pod after pod: within a minute the last word counts.
  if (row.steps.size() > 1 && now - row.steps.back().at < minutes{1}) {
    step.at = row.steps.back().at;
    row.steps.back() = step;
    return;
  }
  row.steps.push_back(step);
  if (row.steps.size() > steps_kept)
    row.steps.pop_front();
}

void inventory::purge() {
  for (auto at = workloads_.begin(); at != workloads_.end();) {
    auto& row = at->second;
    bool gone =
      row.pods.empty() && !view_.recommendation_of(row.ref) && !view_.workload_of(row.ref);
    at = gone ? workloads_.erase(at) : std::next(at);
  }
}

}  // namespace scaleops::dashboards::logic
