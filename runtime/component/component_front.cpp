#include "runtime/component/component_front.hpp"

#include <optional>

#include <fmt/format.h>

#include "runtime/http/asio_bridge.hpp"
#include "runtime/http/handlers.hpp"
#include "runtime/http/http_server.hpp"
#include "runtime/peer/status_json.hpp"

namespace scaleops {

namespace {

constexpr auto root_timeout = std::chrono::seconds{3};

http_server_config http_config(const endpoint& where) {
  http_server_config config;
  config.address = where.address;
  config.port = where.port;
  config.body_limit = 4 * 1024;
  return config;
}

}  // namespace

class component_front::impl : public std::enable_shared_from_this<component_front::impl> {
public:
  impl(caf::actor_system& sys, boost::asio::io_context& io, component_actor root,
       std::function<void(component_status&)> amend)
      : root_{std::move(root)}, amend_{std::move(amend)} {
    bridge_.emplace(sys, io, caf::behavior{[](caf::unit_t) {}});
  }

  void serve(boost::asio::io_context& io, const endpoint& where,
             std::vector<std::weak_ptr<prometheus::Collectable>> registries) {
    http_routes routes;
    routes.get("/metrics", metrics_handler(std::move(registries)))
      .get("/healthz", healthz_handler())
      .get("/readyz", asking([](const component_status& status, const std::string& problem) {
             if (!problem.empty())
               return text_response(503, "not ready: " + problem + "\n");
             return text_response(
               status.ready ? 200 : 503,
               fmt::format("{}: {}\n", status.ready ? "ready" : "not ready", status.detail));
           }))
      .get("/status", asking([](const component_status& status, const std::string& problem) {
             if (!problem.empty())
               return text_response(503, problem + "\n");
             return text_response(200, peer::status_json(status), "application/json");
           }));
    server_.emplace(io, http_config(where), routes.handler());
  }

  std::string start() { return server_->start(); }
  uint16_t port() const { return server_->port(); }

  void stop() {
    if (!bridge_)
      return;
    server_->stop();
    bridge_->stop();
    bridge_.reset();
    root_ = nullptr;
  }

private:
  using told = std::function<http_response(const component_status&, const std::string&)>;

  /// A handler that asks the root actor how it is.
  http_handler asking(told tell) {
    return [weak = weak_from_this(), tell](http_request, http_respond respond) {
      auto self = weak.lock();
      if (!self || !self->bridge_)
        return respond(text_response(503, "going away\n"));
      self->bridge_->self()
        .request(self->root_, root_timeout, status_query{})
        .then(
          [weak, tell, respond](component_status& status) {
            if (auto here = weak.lock(); here && here->amend_)
              here->amend_(status);
            respond(tell(status, {}));
          },
          [tell, respond](caf::error& error) { respond(tell({}, text_of(error))); });
    };
  }

  component_actor root_;
  std::function<void(component_status&)> amend_;
  std::optional<asio_bridge> bridge_;
  std::optional<http_server> server_;
};

component_front::component_front(caf::actor_system& sys, boost::asio::io_context& io,
                                 const endpoint& where, component_actor root,
                                 std::function<void(component_status&)> amend,
                                 std::vector<std::weak_ptr<prometheus::Collectable>> registries)
    : x_{std::make_shared<impl>(sys, io, std::move(root), std::move(amend))} {
  x_->serve(io, where, std::move(registries));
}

component_front::~component_front() {
  x_->stop();
}

std::string component_front::start() {
  return x_->start();
}

uint16_t component_front::port() const {
  return x_->port();
}

void component_front::stop() {
  x_->stop();
}

}  // namespace scaleops
