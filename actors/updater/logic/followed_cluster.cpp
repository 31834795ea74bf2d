#include "actors/updater/logic/followed_cluster.hpp"

#include <algorithm>
#include <utility>

namespace scaleops {

namespace {

bool heals(const workload_recommendation& decision) {
  return std::any_of(decision.containers.begin(), decision.containers.end(),
                     [](auto& one) { return one.urgent; });
}

}  // namespace

cluster_news followed_cluster::apply(const watch_event& event) {
  cluster_news news;
  if (!event.object)
    return news;
  auto kind = kind_of(*event.object);
  if (kind == object_kind::pod)
    return apply_pod(event);
  view.apply(event);
  switch (kind) {
    case object_kind::workload:
      if (complete_)
        index.on_workload(std::get<workload>(*event.object), view);
      break;
    case object_kind::custom_owner_grouping:
      if (complete_)
        index.rebuild(view);
      news.rescan = true;
      break;
    case object_kind::recommendation:
      news.urgent = apply_wish(event);
      break;
    case object_kind::namespace_object:
    case object_kind::automated_namespace:
    case object_kind::policy:
    case object_kind::limit_range:
      news.rescan = true;
      break;
    default:
      break;
  }
  return news;
}

cluster_news followed_cluster::apply_pod(const watch_event& event) {
  auto change = view.pods.apply(event);
  if (complete_)
    index.on_pod(change.before, change.after, view);
  if (change.before && change.after && change.before->meta.uid != change.after->meta.uid)
    return {{{change.before, nullptr}, {nullptr, change.after}}};
  return {{{change.before, change.after}}};
}

bool followed_cluster::apply_wish(const watch_event& event) {
  board.on_object(event, view);
  auto& wish = std::get<recommendation>(*event.object);
  index.touch(wish.target);
  return event.what != watch_event::type::deleted && heals(wish.status);
}

void followed_cluster::complete() {
  if (std::exchange(complete_, true))
    return;
  index.rebuild(view);
}

bool followed_cluster::tell(const decision_ptr& decision) {
  if (!decision)
    return false;
  board.on_message(decision, view);
  index.touch(decision->workload);
  return heals(*decision);
}

}  // namespace scaleops
