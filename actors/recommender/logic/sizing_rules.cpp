#include "actors/recommender/logic/sizing_rules.hpp"

#include <fmt/format.h>

namespace scaleops {

namespace {

std::string complaint(std::string_view what, const std::string& name, const field_error& error) {
  return fmt::format("{} {} is ignored: {} {}", what, name, error.field, error.problem);
}

}  // namespace

void sizing_rules::apply(const watch_event& event, affected_workloads& affected,
                         std::vector<std::string>& warnings) {
  auto& meta = meta_of(*event.object);
  switch (kind_of(*event.object)) {
    case object_kind::policy:
      affected.all |= apply_policy(event, warnings);
      break;
    case object_kind::policy_rule:
      affected.all |= apply_rule(event, warnings);
      break;
    case object_kind::node:
      affected.all |= around_.on_node(event);
      break;
    case object_kind::recommendation: {
      auto change = recommendations_.apply(event);
      auto wish = [](const auto& object) {
        return object ? object->policy_override : std::string{};
      };
      if (wish(change.before) != wish(change.after))
        affected.workloads.insert((change.after ? change.after : change.before)->target);
      break;
    }
    case object_kind::automated_namespace:
      grants_.apply(event);
      affected.namespaces.insert(meta.name);
      break;
    case object_kind::limit_range:
      if (around_.on_limit_range(event))
        affected.namespaces.insert(meta.ns);
      break;
    case object_kind::resource_quota:
      if (around_.on_quota(event))
        affected.namespaces.insert(meta.ns);
      break;
    case object_kind::horizontal_pod_autoscaler:
      if (around_.on_hpa(event))
        affected.namespaces.insert(meta.ns);
      break;
    default:
      break;
  }
}

bool sizing_rules::apply_policy(const watch_event& event, std::vector<std::string>& warnings) {
  auto object = object_cast<policy>(event.object);
  if (event.what == watch_event::type::deleted)
    return policies_.erase(object->meta.name) > 0;
  auto errors = validate(object->spec);
  if (!errors.empty()) {
    warnings.push_back(complaint("policy", object->meta.name, errors.front()));
    return false;  // what was valid before stays in force
  }
  policies_.insert_or_assign(object->meta.name, object->spec);
  return true;
}

bool sizing_rules::apply_rule(const watch_event& event, std::vector<std::string>& warnings) {
  auto object = object_cast<policy_rule>(event.object);
  bool deleted = event.what == watch_event::type::deleted;
  auto errors = deleted ? std::vector<field_error>{} : validate(object->spec);
  if (!errors.empty()) {
    warnings.push_back(complaint("rule", object->meta.name, errors.front()));
    return false;
  }
  std::erase_if(rules_, [&](const named_rule& rule) { return rule.name == object->meta.name; });
  if (!deleted)
    rules_.push_back({object->meta.name, object->spec});
  return true;
}

workload_context_ptr sizing_rules::context_of(const workload_facts& facts) {
  policy_wishes wishes;
  if (auto object = recommendations_.find(facts.ref.ns, facts.ref.object_name()))
    wishes.workload = object->policy_override;
  if (auto grant = grants_.find({}, facts.ref.ns))
    wishes.namespace_ = grant->policy;
  auto choice = choose_policy(facts, policies_, rules_, wishes);
  auto& shared = shared_[choice.name];
  if (!shared || *shared != *choice.spec)
    shared = std::make_shared<const policy_spec>(*choice.spec);
  auto context = std::make_shared<workload_context>();
  context->policy = shared;
  context->policy_name = choice.name;
  context->policy_why = choice.why;
  context->surroundings = around_.of(facts, *shared);
  return context;
}

}  // namespace scaleops
