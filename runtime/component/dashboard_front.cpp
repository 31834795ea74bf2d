#include "runtime/component/dashboard_front.hpp"

#include <boost/asio/io_context.hpp>

#include "runtime/http/actor_gateway.hpp"
#include "runtime/http/assets.hpp"
#include "runtime/http/handlers.hpp"
#include "runtime/http/http_server.hpp"

namespace scaleops {

class dashboard_front::impl {
public:
  impl(caf::actor_system& sys, boost::asio::io_context& io, const endpoint& where,
       dashboards_actor root)
      : gateway{sys, io, {}, std::move(root)}, server{io, config_of(where), routes(gateway)} {}

  static http_server_config config_of(const endpoint& where) {
    http_server_config config;
    config.address = where.address;
    config.port = where.port;
    config.headers = security_headers();
    return config;
  }

  static http_handler routes(actor_gateway& gateway) {
    http_routes table;
    table.below("/api/", gateway.handler()).below("/", assets_handler());
    return table.handler();
  }

  actor_gateway gateway;
  http_server server;
};

dashboard_front::dashboard_front(caf::actor_system& sys, boost::asio::io_context& io,
                                 const endpoint& where, dashboards_actor root)
    : x_{std::make_unique<impl>(sys, io, where, std::move(root))} {}

dashboard_front::~dashboard_front() {
  stop();
}

std::string dashboard_front::start() {
  return x_->server.start();
}

uint16_t dashboard_front::port() const {
  return x_->server.port();
}

void dashboard_front::stop() {
  x_->server.stop();
  x_->gateway.stop();
}

}  // namespace scaleops
