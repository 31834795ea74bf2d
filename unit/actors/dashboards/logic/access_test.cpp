#include <catch2/catch.hpp>

#include "actors/dashboards/logic/access.hpp"
#include "actors/dashboards/logic/session.hpp"

using namespace scaleops;
using namespace scaleops::dashboards::logic;
using namespace std::chrono_literals;

namespace {

access_rules rules() {
  access_rules r;
  r.bindings = {{role::admin, {"ada"}, {}, {}},
                {role::operator_, {}, {"team-shop"}, {"shop-*"}},
                {role::viewer, {}, {"team-shop"}, {}}};
  return r;
}

}  // namespace

TEST_CASE("roles add up over users, groups and namespaces") {
  identity olga{"olga", {"team-shop"}};
  rights r{rules(), &olga};
  CHECK(r.in("shop-eu") == role::operator_);
  CHECK(r.in("blog") == role::viewer);
  CHECK(r.allows(permission::operate));
  CHECK_FALSE(r.allows(permission::operate_everywhere));
  CHECK(r.may_change("shop-eu"));
  CHECK_FALSE(r.may_change("blog"));
  identity ada{"ada", {}};
  CHECK(rights{rules(), &ada}.allows(permission::operate_everywhere));
}

TEST_CASE("who is not signed in or not bound has what the configuration says, nothing by default") {
  identity nina{"nina", {}};
  CHECK_FALSE(rights{rules(), &nina}.allows(permission::view));
  CHECK_FALSE(rights{rules(), nullptr}.allows(permission::view));
  auto open = rules();
  open.anonymous = role::viewer;
  CHECK(rights{open, nullptr}.allows(permission::view));
  CHECK_FALSE(rights{open, nullptr}.allows(permission::operate));
}

TEST_CASE(
  "a session's cookie names its user until its end and cannot be altered or used elsewhere") {
  session_keeper keeper{std::string(32, 'k'), 1h};
  instant now{1000h};
  auto cookie = keeper.open({"olga", {"team-shop", "irrelevant"}}, rules(), now, 1);
  auto open = keeper.find(cookie, now + 59min);
  REQUIRE(open);
  CHECK(open->who.name == "olga");
  CHECK(open->who.groups == std::vector<std::string>{"team-shop"});
  CHECK_FALSE(open->csrf.empty());
  CHECK_FALSE(keeper.find(cookie, now + 1h));
  for (size_t i = 0; i < cookie.size(); ++i) {
    auto altered = cookie;
    altered[i] = altered[i] == '0' ? '1' : '0';
    if (altered != cookie)
      CHECK_FALSE(keeper.find(altered, now));
  }
  CHECK_FALSE(session_keeper{std::string(32, 'x'), 1h}.find(cookie, now));
  CHECK_FALSE(keeper.find("", now));
  CHECK_FALSE(keeper.find(".", now));
  keeper.close(cookie, now);
  CHECK_FALSE(keeper.find(cookie, now));
}

TEST_CASE("cookies are found by their whole name") {
  CHECK(cookie_of("a=1; scaleops=x.y; b=2", "scaleops") == "x.y");
  CHECK(cookie_of("notscaleops=1", "scaleops").empty());
  CHECK(cookie_of("scaleops2=1", "scaleops").empty());
}
