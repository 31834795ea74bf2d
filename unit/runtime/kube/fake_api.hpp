// A loopback API server for tests of the client: scripted answers, recorded requests, everything on
// one thread and in real time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <boost/asio/io_context.hpp>
#include <caf/scoped_actor.hpp>
#include <catch2/catch.hpp>

#include "runtime/http/http_server.hpp"
#include "runtime/kube/client.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

class fake_api {
public:
  using answer = std::function<http_response(const http_request&)>;

  world w;
  boost::asio::io_context io{1};
  std::map<std::string, answer> answers;  // by "GET /path"
  std::vector<http_request> seen;
  std::map<std::string, std::vector<std::shared_ptr<http_stream>>> streams;  // by path
  kube::cluster_access access;
  kube::client_config config;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::unique_ptr<kube::kube_client> client;

  fake_api() {
    http_server_config server;
    server.stream_backlog = 64 << 20;
    server_ = std::make_unique<http_server>(
      io, server, [this](http_request request, const http_respond& respond) {
        seen.push_back(request);
        auto found = answers.find(request.method + " " + request.path);
        respond(found == answers.end() ? json(404, R"({"reason":"NotFound","message":"not found"})")
                                       : found->second(request));
      });
    REQUIRE(server_->start() == "");
    access.name = "test";
    access.server = *kube::parse_url(server_->url());
    config.request_timeout = std::chrono::seconds{5};
  }

  ~fake_api() {
    if (client)
      client->stop();
    streams.clear();
    server_->stop();
    turn();
    turn();
    client.reset();
    turn();
  }

  static http_response json(int status, std::string body) {
    return text_response(status, std::move(body), "application/json");
  }

  void on(const std::string& what, const std::string& body, int status = 200) {
    answers[what] = [=](const http_request&) { return json(status, body); };
  }
  /// Watches of the path stay open until the test ends them; lists get `body`.
  void on_watch(const std::string& path, const std::string& body = {}) {
    answers["GET " + path] = [=, this](const http_request& request) {
      if (!request.query.contains("watch"))
        return json(200, body);
      http_response out;
      out.content_type = "application/json";
      out.stream = [this, path](std::shared_ptr<http_stream> stream) {
        streams[path].push_back(std::move(stream));
      };
      return out;
    };
  }

  void start() {
    client = std::make_unique<kube::kube_client>(w.sys(), io, access, config, registry);
  }

  void turn() {
    io.restart();
    io.poll();
    w.settle();
  }

  bool turn_until(const std::function<bool()>& done, milliseconds most = std::chrono::seconds{5}) {
    auto end = std::chrono::steady_clock::now() + most;
    while (!done()) {
      if (std::chrono::steady_clock::now() > end)
        return false;
      io.restart();
      io.run_one_for(std::chrono::milliseconds{5});
      turn();
    }
    return true;
  }

  template <class Result, class Message>
  caf::expected<Result> ask(Message message) {
    if (!client)
      start();
    caf::scoped_actor self{w.sys()};
    caf::expected<Result> result{caf::sec::request_timeout};
    auto pending = self->request(client->actor(), caf::infinite, std::move(message));
    if (!turn_until([&] { return self->has_next_message(); }))
      return result;
    pending.receive([&](Result& value) { result = std::move(value); },
                    [&](caf::error& error) { result = std::move(error); });
    return result;
  }

  template <class Result, class Message>
  ec failure(Message message) {
    auto result = ask<Result>(std::move(message));
    return result ? ec::none : code_of(result.error());
  }

  size_t count(const std::string& method, const std::string& path) const {
    size_t out = 0;
    for (auto& each : seen)
      out += each.method == method && each.path == path;
    return out;
  }

private:
  std::unique_ptr<http_server> server_;
};

inline std::string pod_json(const std::string& name, uint64_t version) {
  return fmt::format(
    R"({{"metadata":{{"name":"{}","namespace":"shop","uid":"uid-{}","resourceVersion":"{}"}},"spec":{{"nodeName":"node-1","containers":[{{"name":"main"}}]}}}})",
    name, name, version);
}

inline std::string event_json(const std::string& type, const std::string& object) {
  return fmt::format("{{\"type\":\"{}\",\"object\":{}}}\n", type, object);
}

}  // namespace scaleops::test
