#include "runtime/component/peers.hpp"

#include <catch2/catch.hpp>

#include "runtime/config/component_kinds.hpp"

using namespace scaleops;

TEST_CASE("others are reached by their Services, with our token and their authority") {
  component_options options;
  options.which = component::agent;
  auto to = remote_config_of(options, component::recommender, 1);
  CHECK(to.status.to_string() == "http://recommender.scaleops-system.svc:9102");
  REQUIRE(to.peer);
  CHECK(to.peer->server.to_string() == "https://recommender.scaleops-system.svc:9443");
  CHECK(to.peer->tls_server_name == "recommender.scaleops-system.svc");
  CHECK(to.peer->ca.file == options.peer_credentials + "/recommender.crt");
  CHECK(to.peer->token_file == options.peer_credentials + "/token");
}

TEST_CASE("an address that was given wins, and the certificate must still be the component's") {
  component_options options;
  options.which = component::dashboards;
  peer_address place;
  REQUIRE(config::peer_addresses().read("updater=http://127.0.0.1:1+https://127.0.0.1:2", place));
  options.peers = {place};
  auto to = remote_config_of(options, component::updater, 1);
  CHECK(to.status.port == "1");
  REQUIRE(to.peer);
  CHECK(to.peer->server.port == "2");
  CHECK(to.peer->tls_server_name == "updater.scaleops-system.svc");
}

TEST_CASE("who only asks how others are has no business at their doors") {
  component_options options;
  options.which = component::healthcheck;
  for (auto which : spoken_to(component::healthcheck))
    CHECK_FALSE(remote_config_of(options, which, 1).peer);
  options.which = component::agent;
  CHECK_FALSE(remote_config_of(options, component::admissions, 1).peer);
}

TEST_CASE("roles are bound as the options say") {
  component_options options;
  options.access = {{access_role::admin, true, "system:masters", {}},
                    {access_role::viewer, false, "anna", "shop"}};
  auto rules = access_of(options);
  dashboards::logic::identity root{"root", {"system:masters"}}, anna{"anna", {}}, bert{"bert", {}};
  using dashboards::logic::rights;
  using dashboards::logic::role;
  CHECK(rights{rules, &root}.everywhere() == role::admin);
  CHECK(rights{rules, &anna}.in("shop") == role::viewer);
  CHECK(rights{rules, &anna}.in("pay") == role::nobody);
  CHECK(rights{rules, &bert}.best() == role::nobody);
  CHECK(rights{rules, nullptr}.best() == role::nobody);
}
