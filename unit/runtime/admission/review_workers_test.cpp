// Run by the sanitizers too: what the threads share must be nothing but posts and atomics.
#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include <prometheus/registry.h>

#include "runtime/admission/review_workers.hpp"
#include "runtime/tls/server_tls.hpp"
#include "unit/runtime/admission/review_builder.hpp"
#include "unit/runtime/admission/shop.hpp"
#include "unit/runtime/http/tls_client.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace scaleops::webhook;
using namespace std::chrono_literals;

namespace {

instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::string request_of(const std::string& body, const char* method = "POST",
                       const char* path = "/mutate") {
  return std::string(method) + " " + path +
         "?timeout=2s HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct bench {
  prometheus::Registry registry;
  tls::identity authority;
  std::shared_ptr<tls::server_tls> shown = std::make_shared<tls::server_tls>();
  std::unique_ptr<review_workers> workers;

  explicit bench(size_t threads) {
    std::string problem;
    authority = *tls::make_authority("test", {wall_now() - 1h, wall_now() + 48h}, problem);
    show_fresh();
    workers_config config;
    config.threads = threads;
    config.http.tls = shown;
    config.desk.now = [] { return t0; };
    workers = std::make_unique<review_workers>(config, registry);
    REQUIRE(workers->start() == "");
  }

  void show_fresh() {
    std::string problem;
    auto leaf = tls::issue(authority, {"x", {"admissions.test"}, {}}, tls::certificate_use::server,
                           {wall_now() - 1h, wall_now() + 24h}, problem);
    REQUIRE(shown->show(*leaf) == "");
  }

  void tell_shop() {
    auto all = std::make_shared<const snapshot_keeper>(shop());
    workers->tell([all](review_desk& desk) { desk.take(*all); });
  }
};

/// Sends one request and gives the answer; the connection stays.
std::string exchange(tls_client& client, const std::string& request, std::string_view end) {
  client.forget();
  client.send(request);
  return client.until(end);
}

}  // namespace

TEST_CASE("reviews by HTTPS are answered, other requests are told what is wrong") {
  bench b{2};
  b.tell_shop();
  boost::asio::io_context io;
  tls_client c{io, b.workers->port(), {b.authority.certificate, {}, 0, "admissions.test"}};
  REQUIRE(c.handshake() == "");
  auto body = review_of(review_pod()).dump();
  CHECK(exchange(c, request_of(body), "}}}").find("\"patch\":") != std::string::npos);
  CHECK(exchange(c, request_of("no json"), "}}}").find("\"unreadable\"") != std::string::npos);
  CHECK(exchange(c, request_of({}, "GET"), "POST").starts_with("HTTP/1.1 405"));
  CHECK(exchange(c, request_of(body, "POST", "/other"), "only").starts_with("HTTP/1.1 404"));
  CHECK(b.workers->take_answered() == 2);
  CHECK(b.workers->take_answered() == 0);
}

TEST_CASE("a port in use is a sentence, and nothing runs") {
  bench b{1};
  workers_config config;
  config.http.port = b.workers->port();
  config.desk.now = [] { return t0; };
  prometheus::Registry registry;
  review_workers second{config, registry};
  CHECK(second.start().find("another process uses this port") != std::string::npos);
}

TEST_CASE("no review is dropped or denied while news come in and certificates are replaced") {
  bench b{2};
  b.tell_shop();
  constexpr int clients = 3, reviews = 60;
  std::atomic<int> answered{0}, running{clients};
  auto body = request_of(review_of(review_pod()).dump());
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&, i] {
      boost::asio::io_context io;
      auto connect = [&] {
        auto fresh = std::make_unique<tls_client>(
          io, b.workers->port(),
          tls_client_options{b.authority.certificate, {}, 0, "admissions.test"});
        return fresh->handshake().empty() ? std::move(fresh) : nullptr;
      };
      auto client = connect();
      for (int j = 0; j < reviews && client; ++j) {
        if (j % 10 == 9 && i > 0)
          client = connect();  // the first one keeps its connection throughout
        if (client && exchange(*client, body, "}}}").find("\"allowed\":true") != std::string::npos)
          ++answered;
      }
      --running;
    });
  auto wish = std::make_shared<const object>(shop_recommendation());
  uint64_t version = 2;
  while (running > 0) {
    auto what = version % 2 == 0 ? watch_event::type::deleted : watch_event::type::added;
    objects_changed news{object_kind::recommendation, {{what, wish, version++}}};
    b.workers->tell([news](review_desk& desk) {
      desk.keeper().on_objects(news);
      desk.heard(t0);
    });
    b.show_fresh();
    std::this_thread::yield();
  }
  for (auto& each : threads)
    each.join();
  CHECK(answered == clients * reviews);
  CHECK(b.workers->take_answered() == uint64_t(clients * reviews));
}

TEST_CASE(
  "a review that was begun is answered before the threads end, the last of its connection") {
  bench b{1};
  b.tell_shop();
  boost::asio::io_context io;
  tls_client_options trust{b.authority.certificate, {}, 0, "admissions.test"};
  tls_client kept{io, b.workers->port(), trust}, amid{io, b.workers->port(), trust};
  REQUIRE(kept.handshake() == "");
  REQUIRE(amid.handshake() == "");
  auto request = request_of(review_of(review_pod()).dump());
  exchange(amid, request, "}}}");
  b.workers->answer_last();
  CHECK(exchange(kept, request, "}}}").find("Connection: close") != std::string::npos);
  kept.close();
  amid.forget();
  amid.send(request.substr(0, 500));
  {
    // Not all have heard yet. The one thread that answers this has read what came before.
    tls_client late{io, b.workers->port(), trust};
    REQUIRE(late.handshake() == "");
    CHECK(exchange(late, request, "}}}").find("\"patch\":") != std::string::npos);
  }
  std::thread stopping{[&] { b.workers->stop(5s); }};
  amid.send(request.substr(500));
  auto& last = amid.until_closed();
  CHECK(last.find("\"patch\":") != std::string::npos);
  CHECK(last.find("Connection: close") != std::string::npos);
  amid.close();
  stopping.join();
  CHECK(b.workers->take_answered() == 4);
}
