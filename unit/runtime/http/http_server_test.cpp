#include <catch2/catch.hpp>

#include "runtime/http/http_server.hpp"
#include "unit/runtime/http/loopback.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct bench {
  boost::asio::io_context ioc{1};
  http_request seen;
  http_respond held;
  http_server_config config;
  std::unique_ptr<http_server> server;

  void start(http_handler handler = nullptr) {
    if (!handler)
      handler = [this](http_request request, http_respond respond) {
        seen = std::move(request);
        respond(text_response(200, "hello " + seen.path));
      };
    server = std::make_unique<http_server>(ioc, config, std::move(handler));
    REQUIRE(server->start() == "");
  }

  loopback_client client() {
    return {ioc, server->port(), [this] {
              ioc.restart();
              ioc.poll();
            }};
  }

  template <class Condition>
  bool turn_until(Condition condition) {
    auto end = std::chrono::steady_clock::now() + 2s;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      ioc.restart();
      ioc.run_one_for(10ms);
    }
    return condition();
  }

  ~bench() {
    server.reset();
    ioc.restart();
    ioc.poll();
  }
};

}  // namespace

TEST_CASE("a request reaches the handler decoded and its answer the client") {
  bench b;
  b.start();
  auto c = b.client();
  c.send(
    "GET /a%20b/c?x=1%2B1&y=two+words&x=3 HTTP/1.1\r\nHost: h\r\nX-Thing: One\r\nx-thing: "
    "Two\r\n\r\n");
  auto& got = c.until("hello");
  CHECK(got.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(got.ends_with("\r\n\r\nhello /a b/c"));
  CHECK(b.seen.method == "GET");
  CHECK(b.seen.query == string_map{{"x", "3"}, {"y", "two words"}});
  CHECK(b.seen.header("x-thing") == "One, Two");
  CHECK(b.seen.peer == "127.0.0.1");
}

TEST_CASE("one connection serves many requests, pipelined or not, until the client says close") {
  bench b;
  b.start();
  auto c = b.client();
  c.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(count_of(c.until("hello /2"), "HTTP/1.1 200") == 2);
  c.send("GET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(c.until_closed().ends_with("hello /3"));
  CHECK(c.closed());
  c.close();
  CHECK(b.turn_until([&] { return b.server->connections() == 0; }));
}

TEST_CASE("HEAD gets the length but no body") {
  bench b;
  b.start();
  auto c = b.client();
  c.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  auto& got = c.until("\r\n\r\n");
  CHECK(got.find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(got.ends_with("\r\n\r\n"));
}

TEST_CASE("what is malformed or too large is refused with a status that says so") {
  bench b;
  b.config.body_limit = 10;
  b.config.header_limit = 512;
  b.start();
  auto answer = [&](std::string_view request) {
    auto c = b.client();
    c.send(request);
    return c.until_closed().substr(0, 12);
  };
  CHECK(answer("NONSENSE\r\n\r\n") == "HTTP/1.1 400");
  CHECK(answer("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n") == "HTTP/1.1 413");
  CHECK(answer("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(600, 'x') + "\r\n\r\n") ==
        "HTTP/1.1 431");
  CHECK(answer("GET /%zz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") == "HTTP/1.1 400");
  CHECK(answer("GET /%00 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n") == "HTTP/1.1 400");
  CHECK(answer("GET / HTTP/1.1\r\nConnection: close\r\n\r\n") == "HTTP/1.1 400");
  CHECK(b.seen.path.empty());
}

TEST_CASE("a chunked body arrives whole, and a client that expects 100-continue gets it") {
  bench b;
  b.start();
  auto c = b.client();
  c.send(
    "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
    "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  c.until("hello");
  CHECK(b.seen.body == "abcde");
  c.forget();
  c.send("POST /q HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(c.until("100 Continue").find("HTTP/1.1 100") == 0);
  c.send("xy");
  c.until("hello /q");
  CHECK(b.seen.body == "xy");
}

TEST_CASE("a handler may answer later; only its first answer counts") {
  bench b;
  b.start([&](http_request, http_respond respond) { b.held = respond; });
  auto c = b.client();
  c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(b.turn_until([&] { return bool(b.held); }));
  b.held(text_response(200, "first"));
  b.held(text_response(200, "second"));
  CHECK(c.until("first").find("second") == std::string::npos);
}

TEST_CASE("slow clients and silent handlers are cut in time") {
  bench b;
  b.config.read_timeout = 30ms;
  b.config.idle_timeout = 40ms;
  b.config.handler_timeout = 30ms;
  b.start([&](http_request, http_respond respond) { b.held = respond; });
  SECTION("a request that never ends") {
    auto c = b.client();
    c.send("GET / HT");
    CHECK(c.until_closed() == "");
    CHECK(c.closed());
  }
  SECTION("a connection that says nothing") {
    auto c = b.client();
    c.until_closed();
    CHECK(c.closed());
  }
  SECTION("a handler that never answers") {
    auto c = b.client();
    c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(c.until("No answer").starts_with("HTTP/1.1 504"));
  }
}

TEST_CASE("a stream carries pieces as they come and tells when the client is gone") {
  bench b;
  std::shared_ptr<http_stream> stream;
  bool gone = false;
  b.start([&](http_request, http_respond respond) {
    http_response response;
    response.content_type = "text/event-stream";
    response.stream = [&](std::shared_ptr<http_stream> s) {
      stream = s;
      stream->on_closed([&] { gone = true; });
      stream->write("one");
    };
    respond(std::move(response));
  });
  auto c = b.client();
  c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  auto& got = c.until("one");
  CHECK(got.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(stream->write("two"));
  CHECK(c.until("two").ends_with("3\r\ntwo\r\n"));
  SECTION("the server ends it") {
    stream->close();
    CHECK(c.until_closed().ends_with("0\r\n\r\n"));
    CHECK_FALSE(stream->write("more"));
  }
  SECTION("the client leaves") {
    c.close();
    b.turn_until([&] { return gone; });
  }
  CHECK(gone);
}

TEST_CASE("a streaming client that does not read is cut at the backlog's limit") {
  bench b;
  b.config.stream_backlog = 100'000;
  std::shared_ptr<http_stream> stream;
  b.start([&](http_request, http_respond respond) {
    http_response response;
    response.stream = [&](std::shared_ptr<http_stream> s) { stream = s; };
    respond(std::move(response));
  });
  auto c = b.client();
  c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  c.until("\r\n\r\n");
  std::string piece(50'000, 'x');
  int written = 0;
  while (written < 10'000 && stream->write(piece)) {
    ++written;
    b.ioc.restart();
    b.ioc.poll();
  }
  CHECK(written < 10'000);
  CHECK(b.server->connections() == 0);
}

TEST_CASE("a port in use is a sentence, not a crash") {
  bench b;
  b.start();
  http_server_config taken;
  taken.port = b.server->port();
  http_server second{b.ioc, taken, [](http_request, http_respond) {}};
  auto error = second.start();
  CHECK(error.find(std::to_string(taken.port)) != std::string::npos);
  CHECK(error.find("in use") != std::string::npos);
  http_server_config bad;
  bad.address = "localhost";
  http_server third{b.ioc, bad, [](http_request, http_respond) {}};
  CHECK(third.start() == "cannot listen on \"localhost\": not an IP address");
}

TEST_CASE("stopping closes what is open and frees the port") {
  bench b;
  b.start();
  auto c = b.client();
  c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  c.until("hello");
  auto port = b.server->port();
  b.server->stop();
  b.server->stop();
  c.until_closed();
  CHECK(c.closed());
  http_server_config again;
  again.port = port;
  http_server second{b.ioc, again, [](http_request, http_respond) {}};
  CHECK(second.start() == "");
}

TEST_CASE("on the way out each answer is its connection's last, and new ones are still taken") {
  bench b;
  b.start();
  auto kept = b.client();
  kept.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(kept.until("hello /1").find("Connection: keep-alive") != std::string::npos);
  b.server->answer_last();
  kept.forget();
  kept.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  auto& last = kept.until_closed();
  CHECK(last.find("Connection: close") != std::string::npos);
  CHECK(last.ends_with("hello /2"));
  auto fresh = b.client();
  fresh.send("GET /3 HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(fresh.until_closed().ends_with("hello /3"));
}

TEST_CASE("who winds up answers what was begun, sends the idle away and takes nobody") {
  bench b;
  b.start();
  auto idle = b.client(), amid = b.client();
  idle.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.until("hello /1");
  amid.send("POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  REQUIRE(b.turn_until([&] { return b.server->connections() == 2; }));
  amid.until("nothing yet");
  bool gone = false;
  b.server->wind_up([&] { gone = true; });
  idle.until_closed();
  CHECK(idle.closed());
  CHECK_FALSE(gone);
  boost::asio::ip::tcp::socket late{b.ioc};
  boost::system::error_code refused;
  late.connect({boost::asio::ip::make_address("127.0.0.1"), b.server->port()}, refused);
  CHECK(refused);
  amid.send("cd");
  auto& last = amid.until_closed();
  CHECK(last.find("Connection: close") != std::string::npos);
  CHECK(last.ends_with("hello /2"));
  amid.close();
  CHECK(b.turn_until([&] { return gone; }));
}

TEST_CASE("a handler's time is not the reader's: limits follow the steps") {
  bench b;
  b.config.read_timeout = 2s;
  b.config.handler_timeout = 30ms;
  b.config.idle_timeout = 60ms;
  b.start([&](http_request, http_respond respond) { b.held = respond; });
  auto c = b.client();
  c.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(c.until("No answer in time").starts_with("HTTP/1.1 504"));
  c.until_closed();
  CHECK(c.closed());  // idle for too long
}
