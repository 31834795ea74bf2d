#include <catch2/catch.hpp>

#include "runtime/http/http_server.hpp"
#include "runtime/tls/server_tls.hpp"
#include "unit/runtime/http/loopback.hpp"
#include "unit/runtime/http/tls_client.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view ask = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

instant now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

struct bench {
  boost::asio::io_context ioc{1};
  tls::identity authority;
  std::shared_ptr<tls::server_tls> shown = std::make_shared<tls::server_tls>();
  std::vector<std::string> refused;
  http_server_config config;
  std::unique_ptr<http_server> server;

  bench() {
    std::string problem;
    authority = *tls::make_authority("test", {now() - 1h, now() + 48h}, problem);
  }
  ~bench() {
    server.reset();
    ioc.restart();
    ioc.poll();
  }

  tls::identity named(const std::string& name) {
    std::string problem;
    return *tls::issue(authority, {name, {"admissions.test"}, {}}, tls::certificate_use::server,
                       {now() - 1h, now() + 24h}, problem);
  }

  void start() {
    config.tls = shown;
    config.on_refused = [this](std::string_view why) { refused.emplace_back(why); };
    server =
      std::make_unique<http_server>(ioc, config, [](http_request request, http_respond answer) {
        answer(text_response(200, "hello " + request.path + std::string(request.body.size(), '.')));
      });
    REQUIRE(server->start() == "");
  }

  tls_client client(const tls_client::options& with) { return {ioc, server->port(), with}; }
  tls_client client() { return client({authority.certificate, {}, 0, "admissions.test"}); }
};

}  // namespace

TEST_CASE("HTTPS serves many requests on one connection and ends it with a goodbye") {
  bench b;
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.start();
  CHECK(b.server->url().starts_with("https://127.0.0.1:"));
  auto c = b.client({b.authority.certificate, "\x02h2\x08http/1.1", 0, "admissions.test"});
  REQUIRE(c.handshake() == "");
  CHECK(c.version() == "TLSv1.3");
  CHECK(c.protocol() == "http/1.1");
  for (int i = 0; i < 3; ++i) {
    c.forget();
    c.send(ask);
    CHECK(c.until("hello /a").starts_with("HTTP/1.1 200 OK\r\n"));
  }
  c.forget();
  c.send("POST /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 40000\r\n\r\n" +
         std::string(40000, 'x'));
  CHECK(c.until_closed().ends_with("hello /b" + std::string(40000, '.')));
  CHECK(c.closed_cleanly());
  CHECK(b.refused.empty());
}

TEST_CASE("a replaced certificate is seen by new handshakes while open connections go on") {
  bench b;
  b.start();
  auto early = b.client();
  CHECK(early.handshake() != "");  // nothing to show yet
  CHECK(b.refused == std::vector<std::string>{"handshake"});
  REQUIRE(b.shown->show(b.named("one")) == "");
  auto first = b.client();
  REQUIRE(first.handshake() == "");
  CHECK(first.shown() == "one");
  first.send("GET /a HTTP/1.1\r\nHo");  // a request that is under way
  REQUIRE(b.shown->show(b.named("two")) == "");
  auto second = b.client();
  REQUIRE(second.handshake() == "");
  CHECK(second.shown() == "two");
  first.send("st: h\r\n\r\n");
  CHECK(first.until("hello").starts_with("HTTP/1.1 200"));
  first.forget();
  first.send(ask);
  CHECK(first.until("hello").starts_with("HTTP/1.1 200"));
}

TEST_CASE("what cannot be shown is named, and what was shown before stays") {
  bench b;
  auto good = b.named("one"), other = b.named("two");
  REQUIRE(b.shown->show(good) == "");
  CHECK(b.shown->show({"nonsense", good.key}).starts_with("tls.crt: is no PEM certificate"));
  CHECK(b.shown->show({good.certificate, other.key}).starts_with("tls.key: "));
  b.start();
  auto c = b.client();
  REQUIRE(c.handshake() == "");
  CHECK(c.shown() == "one");
}

TEST_CASE("TLS 1.2 is the least, and a client that wants another protocol is refused") {
  bench b;
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.start();
  auto older = b.client({b.authority.certificate, {}, TLS1_2_VERSION, "admissions.test"});
  REQUIRE(older.handshake() == "");
  CHECK(older.version() == "TLSv1.2");
  CHECK(older.cipher().find("ECDHE-ECDSA-") == 0);
  CHECK(b.client({{}, {}, TLS1_1_VERSION, "admissions.test"}).handshake() != "");
  CHECK(b.client({b.authority.certificate, "\x02h2", 0, "admissions.test"}).handshake() != "");
  CHECK(b.refused == std::vector<std::string>{"handshake", "handshake"});
}

TEST_CASE("a client that must prove itself and does not is refused") {
  bench b;
  b.shown = std::make_shared<tls::server_tls>(tls::server_tls_config{b.authority.certificate});
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.start();
  auto c = b.client({b.authority.certificate, {}, TLS1_2_VERSION, "admissions.test"});
  CHECK(c.handshake() != "");
}

TEST_CASE("plain HTTP on the TLS port is told so, other noise is cut") {
  bench b;
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.start();
  auto turn = [&] {
    b.ioc.restart();
    b.ioc.poll();
  };
  loopback_client plain{b.ioc, b.server->port(), turn};
  plain.send(ask);
  auto& said = plain.until_closed();
  CHECK(said.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  CHECK(said.find("This port speaks HTTPS") != std::string::npos);
  loopback_client noise{b.ioc, b.server->port(), turn};
  noise.send(std::string_view{"\x16\x03\x01\x00\x05hello", 10});
  noise.until_closed();
  CHECK(noise.closed());
  CHECK(b.refused == std::vector<std::string>{"plain_http", "handshake"});
}

TEST_CASE("slow clients are cut in the handshake and in a request") {
  bench b;
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.config.handshake_timeout = 30ms;
  b.config.read_timeout = 30ms;
  b.start();
  loopback_client silent{b.ioc, b.server->port(), [&] {
                           b.ioc.restart();
                           b.ioc.poll();
                         }};
  CHECK(silent.until_closed() == "");
  CHECK(silent.closed());
  auto c = b.client();
  REQUIRE(c.handshake() == "");
  c.send("GET /a HTT");
  CHECK(c.until_closed() == "");
  CHECK(b.refused == std::vector<std::string>{"slow", "slow"});
}

TEST_CASE("servers on threads of their own share one port") {
  bench b;
  REQUIRE(b.shown->show(b.named("one")) == "");
  b.start();
  boost::asio::io_context elsewhere{1};
  http_server second{elsewhere, b.config, [](http_request, http_respond answer) {
                       answer(text_response(200, "second"));
                     }};
  REQUIRE(second.start_beside(*b.server) == "");
  CHECK(second.port() == b.server->port());
  tls_client c{elsewhere,
               second.port(),
               {b.authority.certificate, {}, 0, "admissions.test"}};  // only it is turned
  REQUIRE(c.handshake() == "");
  c.send(ask);
  CHECK(c.until("second").starts_with("HTTP/1.1 200"));
  c.close();
  second.stop();
  elsewhere.restart();
  elsewhere.poll();
  auto again = b.client();
  REQUIRE(again.handshake() == "");
}
