#include "actors/dashboards/logic/access.hpp"

#include <algorithm>

#include "actors/common/logic/pattern.hpp"

namespace scaleops::dashboards::logic {

std::string_view to_string(role r) {
  switch (r) {
    case role::viewer:
      return "viewer";
    case role::operator_:
      return "operator";
    case role::admin:
      return "admin";
    case role::nobody:
      break;
  }
  return "nobody";
}

namespace {

bool covers(const role_binding& binding, const identity& who) {
  auto has = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  return has(binding.users, who.name) ||
         std::any_of(who.groups.begin(), who.groups.end(),
                     [&](auto& group) { return has(binding.groups, group); });
}

}  // namespace

rights::rights(const access_rules& rules, const identity* who) : everywhere_(rules.anonymous) {
  if (!who)
    return;
  everywhere_ = std::max(everywhere_, rules.authenticated);
  for (auto& binding : rules.bindings) {
    if (!covers(binding, *who))
      continue;
    if (binding.namespaces.empty())
      everywhere_ = std::max(everywhere_, binding.grants);
    for (auto& pattern : binding.namespaces)
      spaces_.emplace_back(pattern, binding.grants);
  }
}

role rights::in(std::string_view ns) const {
  auto result = everywhere_;
  for (auto& [pattern, granted] : spaces_)
    if (granted > result && matches_pattern(pattern, ns))
      result = granted;
  return result;
}

role rights::best() const {
  auto result = everywhere_;
  for (auto& [pattern, granted] : spaces_)
    result = std::max(result, granted);
  return result;
}

bool rights::allows(permission needed) const {
  switch (needed) {
    case permission::none:
      return true;
    case permission::view:
      return best() >= role::viewer;
    case permission::operate:
      return best() >= role::operator_;
    case permission::operate_everywhere:
      return everywhere_ >= role::operator_;
  }
  return false;
}

}  // namespace scaleops::dashboards::logic
