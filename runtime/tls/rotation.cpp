#include "runtime/tls/rotation.hpp"

#include <algorithm>

namespace scaleops::tls {

namespace {

/// Whether what serves now would be accepted, whatever else is due.
bool serves(const held_certificates& held, instant now) {
  return held.serving && held.serving->life.holds(now) && held.serving->signed_by &&
         held.authorities[*held.serving->signed_by].life.holds(now);
}

const char* serving_fault(const held_certificates& held, const rotation_rules& rules, instant now) {
  if (!held.serving)
    return "there is no serving certificate";
  auto& serving = *held.serving;
  if (!serving.signed_by)
    return "the serving certificate is not signed by an authority in the bundle";
  if (!serves(held, now))
    return "the serving certificate is not valid now";
  if (!serving.right_names)
    return "the serving certificate does not bear the names that it is asked for";
  if (now >= serving.life.after(rules.renew_at))
    return "the serving certificate is due";
  if (*serving.signed_by != 0)
    return "a new authority has settled";
  return nullptr;
}

}  // namespace

rotation_plan plan_rotation(const held_certificates& held, const rotation_rules& rules,
                            instant now) {
  rotation_plan plan;
  for (size_t i = 0; i < held.authorities.size(); ++i)
    if (held.authorities[i].life.until <= now)
      plan.drop.push_back(i);
  if (!plan.drop.empty())
    plan.reasons.emplace_back("an authority has expired");

  bool usable =
    !held.authorities.empty() && held.authorities[0].has_key && held.authorities[0].life.holds(now);
  bool due = usable && now >= held.authorities[0].life.after(rules.renew_at);
  if (!usable || due) {
    plan.make_authority = true;
    plan.reasons.emplace_back(usable ? "the authority is due" : "there is no authority to sign by");
  }
  instant authority_from = plan.make_authority ? now : held.authorities[0].life.from;
  instant settled = authority_from + rules.settling;
  if (!plan.make_authority)
    settled += rules.backdate;  // its life began so long before it was made
  auto* fault = serving_fault(held, rules, now);
  bool waits = now < settled && serves(held, now);
  if (plan.make_authority)
    fault = fault ? fault : "a new authority has settled";
  if (fault && !waits) {
    plan.make_serving = true;
    plan.reasons.emplace_back(fault);
  }

  auto authority_life =
    plan.make_authority ? validity{now, now + rules.authority_life} : held.authorities[0].life;
  auto serving_life = plan.make_serving
                        ? validity{now, std::min(now + rules.serving_life, authority_life.until)}
                        : held.serving->life;
  plan.next = std::min(authority_life.after(rules.renew_at), serving_life.after(rules.renew_at));
  if (fault && waits)
    plan.next = std::min(plan.next, settled);
  plan.next = std::max(plan.next, now);
  return plan;
}

}  // namespace scaleops::tls
