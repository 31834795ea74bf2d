// Ways to the server: through a proxy, with a plugin's token, over connections that are used again.
#include <sys/socket.h>

#include <array>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include "unit/runtime/kube/fake_api.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

const std::string one_pod = "/api/v1/namespaces/shop/pods/web";

/// Takes CONNECTs, answers as told, and then carries bytes both ways until one side ends.
class small_proxy {
public:
  explicit small_proxy(std::string answer) : answer_{std::move(answer)} {
    thread_ = std::thread{[this] { accept(); }};
  }
  ~small_proxy() {
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    thread_.join();
    for (auto& each : tunnels_)
      each.join();
  }
  uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string asked() {
    std::lock_guard guard{lock_};
    return asked_;
  }

private:
  void accept() {
    for (;;) {
      auto client = std::make_shared<tcp::socket>(io_);
      boost::system::error_code ec;
      acceptor_.accept(*client, ec);
      if (ec)
        return;
      tunnels_.emplace_back([this, client] { serve(*client); });
    }
  }
  void serve(tcp::socket& client) {
    boost::system::error_code ec;
    asio::streambuf head;
    asio::read_until(client, head, "\r\n\r\n", ec);
    std::string asked(asio::buffers_begin(head.data()), asio::buffers_end(head.data()));
    {
      std::lock_guard guard{lock_};
      asked_ = asked;
    }
    asio::write(client, asio::buffer(answer_), ec);
    if (answer_.find(" 200 ") == std::string::npos)
      return;
    auto target = asked.substr(8, asked.find(' ', 8) - 8);
    tcp::socket server{io_};
    server.connect({asio::ip::make_address("127.0.0.1"),
                    uint16_t(std::stoi(target.substr(target.rfind(':') + 1)))},
                   ec);
    std::thread back{[&] { pump(server, client); }};
    pump(client, server);
    back.join();
  }
  static void pump(tcp::socket& from, tcp::socket& to) {
    std::array<char, 4096> bytes;
    boost::system::error_code ec;
    for (size_t n; (n = from.read_some(asio::buffer(bytes), ec)) > 0;)
      asio::write(to, asio::buffer(bytes.data(), n), ec);
    to.shutdown(tcp::socket::shutdown_send, ec);
  }

  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint{asio::ip::make_address("127.0.0.1"), 0}};
  std::string answer_;
  std::mutex lock_;
  std::string asked_;
  std::vector<std::thread> tunnels_;  // of thread_ until it has ended
  std::thread thread_;
};

get_query web() {
  return {{object_kind::pod, "shop", "web", {}}};
}

}  // namespace

TEST_CASE("a proxy is asked to connect, with its password, and then carries the request") {
  small_proxy proxy{"HTTP/1.1 200 Connection established\r\n\r\n"};
  {
    fake_api api;
    api.on("GET " + one_pod, pod_json("web", 1));
    api.access.proxy_url = fmt::format("http://me:secret@127.0.0.1:{}", proxy.port());
    CHECK(api.failure<object_ptr>(web()) == ec::none);
  }
  CHECK(proxy.asked().find("CONNECT 127.0.0.1:") == 0);
  CHECK(proxy.asked().find("Proxy-Authorization: Basic bWU6c2VjcmV0\r\n") != std::string::npos);
}

TEST_CASE("a proxy that refuses is named") {
  fake_api api;
  api.config.request_timeout = std::chrono::seconds{1};
  small_proxy proxy{"HTTP/1.1 403 Forbidden\r\n\r\n"};
  api.access.proxy_url = fmt::format("http://127.0.0.1:{}", proxy.port());
  auto refused = api.ask<object_ptr>(web());
  REQUIRE(!refused);
  auto text = text_of(refused.error());
  CHECK((text.find("it answers 403") != std::string::npos ||
         text.find("cannot reach proxy") != std::string::npos));
}

TEST_CASE("a plugin's token is used until the server refuses it") {
  fake_api api;
  kube::exec_plugin plugin;
  plugin.command = "/bin/sh";
  plugin.args = {
    "-c",
    R"(printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"fresh"}}')"};
  plugin.api_version = "client.authentication.k8s.io/v1";
  api.access.exec = plugin;
  api.answers["GET " + one_pod] = [](const http_request& request) {
    CHECK(request.header("authorization") == "Bearer fresh");
    return fake_api::json(200, pod_json("web", 1));
  };
  CHECK(api.failure<object_ptr>(web()) == ec::none);
  CHECK(api.failure<object_ptr>(web()) == ec::none);
}

TEST_CASE("a plugin that fails is the answer to every request, in one line") {
  fake_api api;
  api.access.exec = kube::exec_plugin{};
  api.access.exec->command = "no-such-plugin-anywhere";
  auto refused = api.ask<object_ptr>(web());
  REQUIRE(!refused);
  CHECK(code_of(refused.error()) == ec::unauthorized);
  CHECK(text_of(refused.error()).find("no-such-plugin-anywhere: cannot be started") !=
        std::string::npos);
}

TEST_CASE("who is impersonated stands in every request") {
  fake_api api;
  api.access.impersonate = "anna";
  api.access.impersonate_groups = {"dev"};
  api.access.user = "me";
  api.access.password = "secret";
  api.answers["GET " + one_pod] = [](const http_request& request) {
    CHECK(request.header("impersonate-user") == "anna");
    CHECK(request.header("impersonate-group") == "dev");
    CHECK(request.header("authorization") == "Basic bWU6c2VjcmV0");
    return fake_api::json(200, pod_json("web", 1));
  };
  CHECK(api.failure<object_ptr>(web()) == ec::none);
}
