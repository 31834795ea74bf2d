#include "runtime/admission/webhook_service.hpp"

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/runtime/admission/document_store.hpp"
#include "unit/runtime/admission/review_builder.hpp"
#include "unit/runtime/http/tls_client.hpp"
#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace scaleops::webhook;
using namespace std::chrono_literals;

namespace {

instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

/// A component's one thread with actors and sockets, the API in memory.
struct bench {
  world w;
  fake_kube kube{w};
  document_store store;
  boost::asio::io_context io{1};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  admissions_feed_actor actor;
  std::unique_ptr<webhook_service> service;

  bench() {
    kube.put(make_namespace("shop"));
    kube.put(make_node("node-1"));
    kube.put(deployment("shop", "web", 3));
    kube.put(replica_set("shop", "web-rs", "web", 3));
    put_recommendation(200);
    actor = w.own(spawn_admissions(w.sys(), {}, {kube.handle(), w.anchor(), registry, "a-0", 1}));
    webhook_options options;
    options.address = "127.0.0.1";
    options.port = 0;
    options.workers = 2;
    options.beat_every = 20ms;
    service =
      std::make_unique<webhook_service>(w.sys(), io, store.port(), actor, options, registry);
  }
  ~bench() {
    service->stop();
    turn();
    service.reset();
    actor = nullptr;
  }

  void put_recommendation(int64_t cpu) {
    kube.put(
      recommend({"shop", "Deployment", "web"}, {want("app", res(cpu, "1Gi"))}, wall_now(), cpu));
  }

  void turn() {
    w.settle();
    io.restart();
    io.poll();
    w.settle();
    while (store.let_one_through()) {
    }
  }
  bool turn_until(const std::function<bool()>& done) {
    auto end = std::chrono::steady_clock::now() + 5s;
    while (!done() && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_one_for(5ms);
      turn();
    }
    return done();
  }
  bool ready() {
    std::string detail;
    return service->ready(detail);
  }
  uint64_t counted() { return w.ask<component_status>(actor, status_query{})->done; }
};

/// The API server: trusts what is registered, asks by the Service's name.
struct caller {
  boost::asio::io_context io;
  tls_client client;

  explicit caller(bench& b)
      : client{io, b.service->port(),
               tls_client_options{b.store.bundle(), {}, 0, "admissions.scaleops-system.svc"}} {
    REQUIRE(client.handshake() == "");
  }

  std::string ask() {
    auto body = review_of(review_pod()).dump();
    client.forget();
    client.send("POST /mutate?timeout=2s HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.until("}}}");
  }
  /// The CPU request that the patch gives to "app"; empty: no patch.
  std::string cpu() {
    auto answer = ask();
    auto body = nlohmann::json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    if (!body["response"].contains("patch"))
      return {};
    auto patch =
      nlohmann::json::parse(*decode_base64(body["response"]["patch"].get<std::string>()));
    return review_pod().patch(patch)["spec"]["containers"][1]["resources"]["requests"]["cpu"];
  }
};

}  // namespace

TEST_CASE("the whole webhook: certified, registered, fed by the actor, counted with it") {
  bench b;
  std::string detail;
  CHECK_FALSE(b.service->ready(detail));
  CHECK(detail == "waiting for the webhook's certificate and registration");
  REQUIRE(b.service->start() == "");
  REQUIRE(b.turn_until([&] { return b.ready(); }));
  caller api{b};
  CHECK(api.cpu() == "200m");
  b.put_recommendation(300);
  b.turn();
  CHECK(b.turn_until([&] { return api.cpu() == "300m"; }));
  api.ask();
  CHECK(b.turn_until([&] { return b.counted() >= 3; }));
  CHECK(b.store.entry()["clientConfig"]["service"]["name"] == "admissions");
}

TEST_CASE("a port in use is said at the start, and the service ends quietly") {
  bench first;
  REQUIRE(first.service->start() == "");
  bench second;
  webhook_options options;
  options.address = "127.0.0.1";
  options.port = first.service->port();
  second.service = std::make_unique<webhook_service>(second.w.sys(), second.io, second.store.port(),
                                                     second.actor, options, second.registry);
  CHECK(second.service->start().find("another process uses this port") != std::string::npos);
}

TEST_CASE("without a right to the Secret nothing is shown, and the reason is at hand") {
  bench b;
  b.store.refusals["GET " + secret_path] = {ec::forbidden, "not allowed; give the right", {}};
  REQUIRE(b.service->start() == "");
  b.turn();
  std::string detail;
  CHECK_FALSE(b.service->ready(detail));
  CHECK(detail ==
        "read Secret scaleops-system/admissions-certificate: not allowed; give the right");
  boost::asio::io_context io;
  tls_client client{io, b.service->port()};
  CHECK(client.handshake() != "");
}
