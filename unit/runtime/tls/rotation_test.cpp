#include <catch2/catch.hpp>

#include "runtime/tls/rotation.hpp"

using namespace scaleops;
using namespace scaleops::tls;
using namespace std::chrono_literals;

namespace {

constexpr auto day = std::chrono::hours{24};
constexpr instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
const rotation_rules rules;

/// An authority and a serving certificate as they are made at `made`.
held_certificates fresh(instant made) {
  held_certificates held;
  held.authorities.push_back({{made - rules.backdate, made + rules.authority_life}, true});
  held.serving = held_serving{
    {made - rules.backdate, made + rules.serving_life}, std::optional<size_t>{0}, true};
  return held;
}

}  // namespace

TEST_CASE("where nothing is held both are made at once") {
  auto plan = plan_rotation({}, rules, t0);
  CHECK(plan.make_authority);
  CHECK(plan.make_serving);
  CHECK(plan.next == t0 + 60 * day);
}

TEST_CASE("what is young is left alone until two thirds of its life are over") {
  auto plan = plan_rotation(fresh(t0), rules, t0);
  CHECK(plan.nothing());
  auto due = fresh(t0).serving->life.after(rules.renew_at);
  CHECK(plan.next == due);
  CHECK(plan_rotation(fresh(t0), rules, due - 1ms).nothing());
  plan = plan_rotation(fresh(t0), rules, due);
  CHECK(plan.make_serving);
  CHECK_FALSE(plan.make_authority);
}

TEST_CASE("a new authority stands beside the old one and signs only once it has settled") {
  auto held = fresh(t0);
  auto due = held.authorities[0].life.after(rules.renew_at);
  held.serving->life = {due - day, due + 89 * day};
  auto plan = plan_rotation(held, rules, due);
  CHECK(plan.make_authority);
  CHECK_FALSE(plan.make_serving);
  CHECK(plan.drop.empty());
  CHECK(plan.next == due + rules.settling);

  held.authorities.insert(held.authorities.begin(),
                          {{due - rules.backdate, due + rules.authority_life}, true});
  held.authorities[1].has_key = false;
  held.serving->signed_by = 1;
  CHECK(plan_rotation(held, rules, due + rules.settling - 1ms).nothing());
  CHECK(plan_rotation(held, rules, due + 1ms).next == due + rules.settling);
  plan = plan_rotation(held, rules, due + rules.settling);
  CHECK(plan.make_serving);
  CHECK_FALSE(plan.make_authority);
}

TEST_CASE("an authority is dropped when it has expired, not before") {
  auto held = fresh(t0);
  held.authorities.push_back({{t0 - 100 * day, t0 + day}, false});
  CHECK(plan_rotation(held, rules, t0 + day - 1ms).nothing());
  auto plan = plan_rotation(held, rules, t0 + day);
  CHECK(plan.drop == std::vector<size_t>{1});
  CHECK_FALSE(plan.make_authority);
  CHECK_FALSE(plan.make_serving);
}

TEST_CASE("a serving certificate that nobody would accept is replaced at once") {
  auto held = fresh(t0);
  auto now = t0 + 2h;
  SECTION("signed by a stranger") {
    held.serving->signed_by.reset();
  }
  SECTION("for other names") {
    held.serving->right_names = false;
  }
  SECTION("expired") {
    held.serving->life.until = now;
  }
  SECTION("not valid yet") {
    held.serving->life.from = now + 1ms;
  }
  SECTION("not there") {
    held.serving.reset();
  }
  auto plan = plan_rotation(held, rules, now);
  CHECK(plan.make_serving);
  CHECK_FALSE(plan.make_authority);
  CHECK(plan.reasons.size() == 1);
}

TEST_CASE("an authority without its key is replaced, and what it signed goes on meanwhile") {
  auto held = fresh(t0);
  held.authorities[0].has_key = false;
  auto plan = plan_rotation(held, rules, t0 + day);
  CHECK(plan.make_authority);
  CHECK_FALSE(plan.make_serving);
  held.serving.reset();
  plan = plan_rotation(held, rules, t0 + day);
  CHECK(plan.make_authority);
  CHECK(plan.make_serving);
}
