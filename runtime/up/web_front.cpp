#include "runtime/up/web_front.hpp"

#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "runtime/http/actor_gateway.hpp"
#include "runtime/http/assets.hpp"
#include "runtime/http/handlers.hpp"
#include "runtime/http/http_server.hpp"

namespace scaleops {

class web_front::impl {
public:
  impl(caf::actor_system& sys, const platform& components, endpoint where,
       boost::asio::io_context* shared)
      : io{shared ? *shared : own},
        gateway{sys, io, {}, components.handle<dashboards_actor>(component::dashboards)},
        server{io, config_of(where), routes_of(components, gateway)},
        signals{io, SIGINT, SIGTERM} {}

  static http_server_config config_of(const endpoint& where) {
    http_server_config config;
    config.address = where.address;
    config.port = where.port;
    config.headers = security_headers();
    return config;
  }

  static http_handler routes_of(const platform& components, actor_gateway& gateway) {
    std::vector<std::weak_ptr<prometheus::Collectable>> registries;
    for (auto which : all_components)
      registries.push_back(components.registry(which));
    http_routes routes;
    routes.get("/metrics", metrics_handler(std::move(registries)))
      .get("/healthz", healthz_handler())
      .get("/readyz", readyz_handler([&components](std::string& detail) {
             for (auto which : all_components)
               if (!components.running(which)) {
                 detail = std::string(to_string(which)) + " is not running";
                 return false;
               }
             detail = "all components run";
             return true;
           }))
      .below("/api/", gateway.handler())
      .below("/", assets_handler());
    return routes.handler();
  }

  boost::asio::io_context own{1};
  boost::asio::io_context& io;
  actor_gateway gateway;
  http_server server;
  boost::asio::signal_set signals;
};

web_front::web_front(caf::actor_system& sys, const platform& components, endpoint where,
                     boost::asio::io_context* io)
    : x_{std::make_unique<impl>(sys, components, std::move(where), io)} {}

web_front::~web_front() {
  stop();
}

std::string web_front::start() {
  return x_->server.start();
}

std::string web_front::url() const {
  return x_->server.url();
}

void web_front::poll() {
  x_->io.restart();
  x_->io.poll();
}

void web_front::wait(std::chrono::nanoseconds span) {
  x_->io.restart();
  x_->io.run_one_for(span);
}

void web_front::on_signal(std::function<void()> callback) {
  x_->signals.async_wait(
    [callback = std::move(callback)](const boost::system::error_code& error, int) {
      if (!error)
        callback();
    });
}

void web_front::stop() {
  x_->signals.cancel();
  x_->server.stop();
  x_->gateway.stop();
  poll();
}

}  // namespace scaleops
