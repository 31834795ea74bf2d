#include "runtime/peer/roles.hpp"

#include <fmt/format.h>

#include "messages/component_names.hpp"

namespace scaleops::peer {

namespace {

template <class... Messages>
bool is_any_of(const wire::body& what) {
  return (std::holds_alternative<Messages>(what) || ...);
}

}  // namespace

std::optional<component> component_of(std::string_view user, std::string_view ns) {
  auto prefix = fmt::format("system:serviceaccount:{}:", ns);
  if (!user.starts_with(prefix))
    return std::nullopt;
  user.remove_prefix(prefix.size());
  return component_named(user);
}

bool may_say(component sender, component receiver, const wire::body& what) {
  if (receiver == component::recommender && sender == component::agent)
    return is_any_of<workload_seen, workload_gone, usage_batch>(what);
  if (receiver == component::recommender && sender == component::dashboards)
    return is_any_of<recommendation_query, evidence_query, risk_query, usage_shape_query>(what);
  if (receiver == component::updater && sender == component::dashboards)
    return is_any_of<update_log_query>(what);
  return false;
}

}  // namespace scaleops::peer
