// The door of a component: TLS by an authority of its own, which others learn from a ConfigMap.
#include "runtime/peer/peer_gate.hpp"

#include <prometheus/registry.h>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "runtime/peer/remote_component.hpp"
#include "unit/runtime/admission/document_store.hpp"
#include "unit/runtime/peer/talk.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string secret = "/api/v1/namespaces/scaleops-system/secrets/recommender-certificate";
const std::string map = "/api/v1/namespaces/scaleops-system/configmaps/recommender-authority";

struct bench {
  world w;
  boost::asio::io_context io{1};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  document_store api;
  std::shared_ptr<heard> told = std::make_shared<heard>();
  std::shared_ptr<std::vector<token_query>> reviews = std::make_shared<std::vector<token_query>>();
  kube_actor kube = caf::actor_cast<kube_actor>(w.own(w.sys().spawn(reviewer, reviews)));
  recommender_actor root = w.own(w.sys().spawn(listener, told));
  std::unique_ptr<peer::peer_gate> gate;

  bench() {
    for (auto& [path, kind] : {std::pair{secret, "Secret"}, {map, "ConfigMap"}})
      api.objects[path] = {{"kind", kind}, {"metadata", {{"resourceVersion", "1"}}}};
    peer::peer_gate_config config;
    config.listen = {"127.0.0.1", 0};
    config.look_every = config.first_retry = 1ms;
    config.now = [] { return std::chrono::floor<milliseconds>(std::chrono::system_clock::now()); };
    gate = std::make_unique<peer::peer_gate>(w.sys(), io, config, kube, api.port(),
                                             peer::peer_root{root, {}}, registry);
    REQUIRE(gate->start() == "");
  }
  ~bench() {
    gate->stop();
    turn();
    turn();
  }

  void turn() {
    io.restart();
    io.poll();
    while (api.let_one_through()) {
    }
    w.settle();
  }

  template <class Done>
  bool until(Done done) {
    return turn_until([this] { turn(); }, done);
  }

  std::string authority() {
    return api.objects[map].value(json::json_pointer{"/data/ca.crt"}, std::string{});
  }

  /// Why a batch was not taken; empty: it was.
  std::string tell(const std::string& trusted, const std::string& name) {
    peer::remote_config config;
    config.which = component::recommender;
    config.status = *kube::parse_url("http://127.0.0.1:1");
    config.peer.emplace();
    config.peer->server = *kube::parse_url("https://127.0.0.1:" + std::to_string(gate->port()));
    config.peer->tls_server_name = name;
    config.peer->ca.text = trusted;
    config.peer->token = "agent";
    peer::remote_component remote{w.sys(), io, config, kube, registry};
    caf::scoped_actor self{w.sys()};
    auto pending =
      self->request(caf::actor_cast<caf::actor>(remote.actor()), caf::infinite, batch(1));
    REQUIRE(until([&] { return self->has_next_message(); }));
    std::string why;
    pending.receive([](usage_ack) {}, [&](caf::error& error) { why = text_of(error); });
    remote.stop();
    turn();
    return why;
  }
};

}  // namespace

TEST_CASE("who trusts the published authority is heard by TLS") {
  bench b;
  CHECK(b.gate->trouble() != "");
  REQUIRE(b.until([&] { return !b.authority().empty(); }));
  REQUIRE(b.until([&] { return b.gate->trouble().empty(); }));
  CHECK(b.tell(b.authority(), "recommender.scaleops-system.svc") == "");
  CHECK(b.told->batches.size() == 1);
}

TEST_CASE("another name or another authority is not talked to") {
  bench b, other;
  REQUIRE(b.until([&] { return !b.authority().empty(); }));
  REQUIRE(other.until([&] { return !other.authority().empty(); }));
  CHECK(b.tell(b.authority(), "updater.scaleops-system.svc") != "");
  CHECK(b.tell(other.authority(), "recommender.scaleops-system.svc") != "");
  CHECK(b.told->batches.empty());
}

TEST_CASE("an altered authority is put right, and a missing right is said") {
  bench b;
  REQUIRE(b.until([&] { return !b.authority().empty(); }));
  auto right = b.authority();
  b.api.objects[map]["data"]["ca.crt"] = "forged";
  REQUIRE(b.until([&] { return b.authority() == right; }));
  b.api.refusals["GET " + map] = {ec::forbidden, "not allowed; give the right", {}};
  REQUIRE(b.until([&] { return !b.gate->trouble().empty(); }));
  CHECK(b.gate->trouble() == "read the authority's ConfigMap: not allowed; give the right");
  b.api.refusals.clear();
  REQUIRE(b.until([&] { return b.gate->trouble().empty(); }));
}
