#include "runtime/config/component_kinds.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace scaleops::config;

TEST_CASE("another component's place is its name and one or two addresses") {
  auto kind = peer_addresses();
  peer_address out;
  REQUIRE(kind.read("recommender=http://127.0.0.1:9102+https://[::1]:9443", out));
  CHECK(out.which == component::recommender);
  CHECK(out.status.to_string() == "http://127.0.0.1:9102");
  REQUIRE(out.gate);
  CHECK(out.gate->to_string() == "https://[::1]:9443");
  REQUIRE(kind.read("agent=http://a:1", out));
  CHECK_FALSE(out.gate);
  for (auto wrong : {"", "agent", "agent=", "agents=http://a:1", "agent=ftp://a", "=http://a:1",
                     "agent=http://a:1+", "agent=http://a:1+http://b:2"})
    CHECK_FALSE(kind.read(wrong, out));
}

TEST_CASE("a role is given to a user or a group, everywhere or in a namespace") {
  auto kind = access();
  access_grant out;
  REQUIRE(kind.read("admin=group:system:masters", out));
  CHECK(out.role == access_role::admin);
  CHECK(out.group);
  CHECK(out.name == "system:masters");
  CHECK(out.ns.empty());
  REQUIRE(kind.read("operator/shop=user:anna@example.org", out));
  CHECK(out.role == access_role::operator_);
  CHECK_FALSE(out.group);
  CHECK(out.name == "anna@example.org");
  CHECK(out.ns == "shop");
  for (auto wrong : {"", "admin", "admin=", "admin=anna", "admin=user:", "root=user:anna",
                     "viewer/=user:anna", "viewer=team:a"})
    CHECK_FALSE(kind.read(wrong, out));
}
