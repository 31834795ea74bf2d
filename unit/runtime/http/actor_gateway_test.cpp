#include <catch2/catch.hpp>

#include <thread>

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "runtime/http/actor_gateway.hpp"
#include "runtime/http/http_server.hpp"
#include "unit/runtime/http/loopback.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

/// Answers with what it was asked; silent for /api/silent; 401 for the live stream when closed.
struct scripted {
  std::vector<live_sink_actor> sinks;
  bool live_permitted = true;
};

dashboards_actor::behavior_type answering(dashboards_actor::pointer self,
                                          std::shared_ptr<scripted> script) {
  return {[](status_query) { return component_status{}; },
          [self, script](const api_request& request) -> caf::result<api_response> {
            if (request.path == "/api/silent")
              return self->make_response_promise<api_response>();
            api_response response;
            if (request.path == "/api/v1/live" && !script->live_permitted)
              response.status = 401;
            response.body = std::make_shared<const std::string>(request.method + " " +
                                                                request.path + " " + request.body);
            return response;
          },
          [script](const subscribe_live& wish) { script->sinks.push_back(wish.sink); }};
}

struct bench {
  world w;
  boost::asio::io_context ioc{1};
  std::shared_ptr<scripted> script = std::make_shared<scripted>();
  dashboards_actor root = w.own(w.sys().spawn(answering, script));
  std::unique_ptr<actor_gateway> gateway;
  std::unique_ptr<http_server> server;

  bench() {
    actor_gateway_config config;
    config.flush_every = 5ms;
    gateway = std::make_unique<actor_gateway>(w.sys(), ioc, config, root);
    server = std::make_unique<http_server>(ioc, http_server_config{}, gateway->handler());
    REQUIRE(server->start() == "");
    turn();
  }
  ~bench() {
    server->stop();
    gateway->stop();
    turn();
    turn();
  }

  void turn() {
    ioc.restart();
    ioc.poll();
    w.settle();
    ioc.restart();
    ioc.poll();
  }

  loopback_client client() {
    return {ioc, server->port(), [this] { turn(); }};
  }

  loopback_client stream(const std::string& more = "") {
    auto c = client();
    c.send("GET /api/v1/live HTTP/1.1\r\nHost: h\r\n" + more + "\r\n");
    return c;
  }

  void tell(std::string type, std::string data) {
    for (auto& sink : script->sinks)
      caf::anon_send(sink, live_event{1, type, data});
    turn();
  }
};

}  // namespace

TEST_CASE("a request becomes a message and its answer a response, on one thread with the actors") {
  bench b;
  auto c = b.client();
  c.send("POST /api/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
  auto& got = c.until("body");
  CHECK(got.starts_with("HTTP/1.1 200 OK"));
  CHECK(got.ends_with("POST /api/x body"));
  CHECK(got.find("Cache-Control: no-store") != std::string::npos);
}

TEST_CASE(
  "an actor that never answers is a 504 when the actors' clock says so; a dead one is a 503") {
  bench b;
  auto c = b.client();
  c.send("GET /api/silent HTTP/1.1\r\nHost: h\r\n\r\n");
  for (int i = 0; i < 20; ++i)
    b.turn();
  b.w.run_for(31s);
  CHECK(c.until("did not answer").starts_with("HTTP/1.1 504"));
  caf::anon_send_exit(b.root, caf::exit_reason::kill);
  b.turn();
  c.forget();
  c.send("GET /api/x HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.until("did not answer").starts_with("HTTP/1.1 503"));
}

TEST_CASE(
  "live events reach every open stream, numbered, and one that comes back gets what it missed") {
  bench b;
  auto first = b.stream();
  first.until("event: hello");
  b.tell("action", R"({"n":1})");
  CHECK(first.until("\"n\":1").find("id: 1\nevent: action\n") != std::string::npos);
  b.tell("action", R"({"n":2})");
  first.until("\"n\":2");
  auto second = b.stream("Last-Event-ID: 1\r\n");
  auto& got = second.until("\"n\":2");
  CHECK(got.find("\"resumed\":true") != std::string::npos);
  CHECK(got.find("\"n\":1") == std::string::npos);
  auto stranger = b.stream("Last-Event-ID: 99\r\n");
  CHECK(stranger.until("hello").find("event: hello") != std::string::npos);
  CHECK(stranger.until("}").find("\"resumed\":false") != std::string::npos);
  CHECK(b.gateway->streams() == 3);
}

TEST_CASE("of replaceable news only the newest is told, of actions each one") {
  bench b;
  auto c = b.stream();
  c.until("event: hello");
  for (auto& sink : b.script->sinks)
    for (int i = 0; i < 50; ++i) {
      caf::anon_send(sink, live_event{1, "series", "s" + std::to_string(i)});
      if (i < 3)
        caf::anon_send(sink, live_event{1, "action", "a" + std::to_string(i)});
    }
  auto& got = c.until("s49");
  CHECK(count_of(got, "event: series") == 1);
  CHECK(count_of(got, "event: action") == 3);
}

TEST_CASE("a stream that the dashboards refuse is an ordinary answer") {
  bench b;
  b.script->live_permitted = false;
  auto c = b.stream();
  CHECK(c.until("GET").starts_with("HTTP/1.1 401"));
  CHECK(b.gateway->streams() == 0);
}

TEST_CASE("the gateway works with CAF's own workers too") {
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  auto script = std::make_shared<scripted>();
  auto root = sys.spawn(answering, script);
  boost::asio::io_context ioc{1};
  {
    actor_gateway gateway{sys, ioc, {}, root};
    http_server server{ioc, {}, gateway.handler()};
    REQUIRE(server.start() == "");
    loopback_client c{ioc, server.port(), [&] {
                        ioc.restart();
                        ioc.poll();
                      }};
    for (int i = 0; i < 50; ++i) {
      c.forget();
      c.send("GET /api/" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
      CHECK(c.until("GET /api/" + std::to_string(i) + " ").starts_with("HTTP/1.1 200"));
    }
    server.stop();
    gateway.stop();
    ioc.restart();
    ioc.poll();
  }
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
}
