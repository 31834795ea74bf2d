#include "actors/dashboards/logic/change.hpp"

#include <tuple>

#include <fmt/format.h>

namespace scaleops::dashboards::logic {

namespace {

std::string describe(const recommendation& r, change_wish::what kind) {
  switch (kind) {
    case change_wish::what::automate:
    case change_wish::what::stop_automating:
      return r.automation ? fmt::format("granted by {} at {}", r.automation->granted_by,
                                        format_rfc3339(r.automation->granted_at))
                          : "not granted";
    case change_wish::what::exclude:
    case change_wish::what::include:
      return r.excluded ? "excluded" : "not excluded";
    case change_wish::what::policy:
      return r.policy_override.empty() ? "by rules" : r.policy_override;
  }
  return {};
}

}  // namespace

changed_recommendation apply_change(const recommendation* existing, const workload_ref& ref,
                                    change_wish::what kind, const std::string& policy,
                                    const std::string& who, instant now) {
  changed_recommendation result;
  auto& object = result.object;
  result.fresh = existing == nullptr;
  if (existing) {
    object = *existing;
  } else {
    object.meta.ns = ref.ns;
    object.meta.name = ref.object_name();
    object.target = ref;
    object.status.workload = ref;
  }
  result.before = describe(object, kind);
  auto spec = [](const recommendation& r) {
    return std::tie(r.automation, r.excluded, r.policy_override);
  };
  auto old = object;
  switch (kind) {
    case change_wish::what::automate:
      if (!object.automation)  // the first grant stands: who and when are not overwritten
        object.automation = automation_grant{who, now};
      object.excluded = false;
      break;
    case change_wish::what::stop_automating:
      object.automation.reset();
      break;
    case change_wish::what::exclude:
      object.excluded = true;
      break;
    case change_wish::what::include:
      object.excluded = false;
      break;
    case change_wish::what::policy:
      object.policy_override = policy;
      break;
  }
  result.differs = spec(old) != spec(object);
  result.after = describe(object, kind);
  return result;
}

}  // namespace scaleops::dashboards::logic
