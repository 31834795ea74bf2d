#include "actors/common/logic/decisions.hpp"

#include "messages/labels.hpp"

namespace scaleops {

void decision_board::on_message(const decision_ptr& decision, const cluster_view& view) {
  if (!decision)
    return;
  auto& told = told_[decision->workload];
  if (!told || told->decided_at <= decision->decided_at)
    told = decision;
  forget_if_written(decision->workload, view);
}

void decision_board::on_object(const watch_event& event, const cluster_view& view) {
  auto wish = object_cast<recommendation>(event.object);
  if (!wish)
    return;
  if (event.what == watch_event::type::deleted)
    told_.erase(wish->target);
  else
    forget_if_written(wish->target, view);
}

void decision_board::forget_if_written(const workload_ref& ref, const cluster_view& view) {
  auto told = told_.find(ref);
  if (told == told_.end())
    return;
  auto written = view.recommendation_of(ref);
  if (written && written->status.decided_at >= told->second->decided_at)
    told_.erase(told);
}

decision_ptr decision_board::decision_for(const workload_ref& ref,
                                          const std::shared_ptr<const recommendation>& wish) const {
  auto told = told_.find(ref);
  if (!wish)
    return told == told_.end() ? nullptr : told->second;
  if (told != told_.end() && told->second->decided_at > wish->status.decided_at)
    return told->second;
  return {wish, &wish->status};
}

const policy_spec& decision_board::policy_named(const std::string& name,
                                                const cluster_view& view) const {
  static const policy_spec defaults;
  // Policies live in the system namespace only.
  if (auto found = view.policies.find(labels::system_namespace, name))
    return found->spec;
  auto built_in = built_in_.find(name);
  return built_in == built_in_.end() ? defaults : built_in->second;
}

}  // namespace scaleops
