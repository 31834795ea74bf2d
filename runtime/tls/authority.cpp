#include "runtime/tls/authority.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace scaleops::tls {

namespace {

/// The bundle taken apart, with what the planner wants to know of it.
struct opened_set {
  std::vector<certificate_facts> authorities;
  held_certificates held;
};

opened_set open(const certificate_set& set, const certificate_wish& wish) {
  opened_set out;
  for (auto& each : read_certificates(set.bundle))
    if (each.authority)
      out.authorities.push_back(std::move(each));
  for (auto& each : out.authorities)
    out.held.authorities.push_back({each.life, belongs(set.authority_key, each.pem)});
  auto leaves = read_certificates(set.serving.certificate);
  if (leaves.empty() || !belongs(set.serving.key, leaves[0].pem))
    return out;
  held_serving serving{leaves[0].life, std::nullopt, bears(leaves[0], wish.names)};
  for (size_t i = 0; i < out.authorities.size() && !serving.signed_by; ++i)
    if (is_signed_by(leaves[0].pem, out.authorities[i].pem))
      serving.signed_by = i;
  out.held.serving = serving;
  return out;
}

std::string join(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, "; "));
}

}  // namespace

renewal renew(const certificate_set& held, const certificate_wish& wish,
              const rotation_rules& rules, instant now) {
  auto opened = open(held, wish);
  auto plan = plan_rotation(opened.held, rules, now);
  renewal out{held, false, {}, {}, plan.next};
  if (plan.nothing())
    return out;

  certificate_set next = held;
  auto life_of = [&](milliseconds length) { return validity{now - rules.backdate, now + length}; };
  next.bundle.clear();
  if (plan.make_authority) {
    auto made = make_authority(wish.authority_name, life_of(rules.authority_life), out.problem);
    if (!made)
      return out;
    next.bundle = made->certificate;
    next.authority_key = made->key;
  }
  for (size_t i = 0; i < opened.authorities.size(); ++i)
    if (std::find(plan.drop.begin(), plan.drop.end(), i) == plan.drop.end())
      next.bundle += opened.authorities[i].pem;
  if (plan.make_serving) {
    auto signer = read_certificates(next.bundle);
    auto made = issue({signer.front().pem, next.authority_key}, wish.names, wish.use,
                      life_of(rules.serving_life), out.problem);
    if (!made)
      return out;
    next.serving = *made;
  }
  out.set = std::move(next);
  out.changed = true;
  out.why = join(plan.reasons);
  return out;
}

}  // namespace scaleops::tls
