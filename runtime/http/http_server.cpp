#include "runtime/http/http_server.hpp"

#include <unistd.h>

#include <cerrno>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "runtime/http/connection.hpp"
#include "runtime/tls/server_tls.hpp"

namespace scaleops {

using namespace http_edge;

class http_server::impl : public std::enable_shared_from_this<http_server::impl> {
public:
  impl(asio::io_context& ioc, http_server_config config, http_handler handler)
      : acceptor_(ioc), retry_(ioc), core_(std::make_shared<server_core>()) {
    core_->config = std::move(config);
    core_->handler = std::move(handler);
  }

  std::string start() {
    auto& config = core_->config;
    auto what = [&](std::string_view step, const error_code& ec) {
      error_code ignored;
      acceptor_.close(ignored);
      auto hint = ec == asio::error::address_in_use
                    ? " (another process uses this port; choose another one)"
                    : "";
      return fmt::format("cannot {} {}:{}: {}{}", step, config.address, config.port, ec.message(),
                         hint);
    };
    error_code ec;
    auto address = asio::ip::make_address(config.address, ec);
    if (ec)
      return fmt::format("cannot listen on \"{}\": not an IP address", config.address);
    tcp::endpoint endpoint{address, config.port};
    acceptor_.open(endpoint.protocol(), ec);
    if (ec)
      return what("open a socket for", ec);
    acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
    acceptor_.bind(endpoint, ec);
    if (ec)
      return what("listen on", ec);
    acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
      return what("listen on", ec);
    port_ = acceptor_.local_endpoint(ec).port();
    accept();
    return {};
  }

  std::string start_beside(impl& other) {
    error_code ec;
    auto endpoint = other.acceptor_.local_endpoint(ec);
    int own = ec ? -1 : ::dup(other.acceptor_.native_handle());
    if (own < 0)
      return fmt::format(
        "cannot share port {}: {}", other.port_,
        ec ? ec.message() : error_code{errno, asio::error::get_system_category()}.message());
    acceptor_.assign(endpoint.protocol(), own, ec);
    if (ec) {
      ::close(own);
      return fmt::format("cannot share port {}: {}", other.port_, ec.message());
    }
    port_ = other.port_;
    accept();
    return {};
  }

  void answer_last() { core_->last_answers = true; }

  void wind_up(std::function<void()> done) {
    answer_last();
    stop_accepting();
    auto open = core_->open;  // abort() erases
    for (auto& each : open)
      each->end_if_idle();
    if (core_->open.empty())
      return done();
    core_->when_gone = std::move(done);
  }

  void stop() {
    if (std::exchange(core_->stopped, true))
      return;
    stop_accepting();
    auto open = core_->open;  // abort() erases
    for (auto& each : open)
      each->abort();
    core_->handler = nullptr;
    core_->when_gone = nullptr;
  }

  uint16_t port() const { return port_; }
  const http_server_config& config() const { return core_->config; }
  size_t connections() const { return core_->open.size(); }

private:
  void stop_accepting() {
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel(ignored);
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](error_code ec, tcp::socket socket) {
      if (self->core_->stopped || ec == asio::error::operation_aborted)
        return;
      if (ec) {
        // Out of descriptors or the like: accepting again at once would burn a core.
        self->retry_.expires_after(std::chrono::milliseconds{100});
        self->retry_.async_wait([self](error_code cancelled) {
          if (!cancelled && !self->core_->stopped && self->acceptor_.is_open())
            self->accept();
        });
        return;
      }
      self->take(std::move(socket));
      self->accept();
    });
  }

  void take(tcp::socket socket) {
    auto& config = core_->config;
    if (core_->open.size() >= config.max_connections)
      return core_->refused(http_refusals::full);
    edge_socket::tls_context context;
    if (config.tls && !(context = config.tls->current()))
      return core_->refused(http_refusals::handshake);  // nothing to show yet
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto fresh = std::make_shared<connection>(std::move(socket), std::move(context), core_);
    core_->open.insert(fresh);
    fresh->start();
  }

  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  std::shared_ptr<server_core> core_;
  uint16_t port_ = 0;
};

http_server::http_server(asio::io_context& ioc, http_server_config config, http_handler handler)
    : x_(std::make_shared<impl>(ioc, std::move(config), std::move(handler))) {}

http_server::~http_server() {
  stop();
}

std::string http_server::start() {
  return x_->start();
}

std::string http_server::start_beside(const http_server& other) {
  return x_->start_beside(*other.x_);
}

void http_server::answer_last() {
  x_->answer_last();
}

void http_server::wind_up(std::function<void()> done) {
  x_->wind_up(std::move(done));
}

void http_server::stop() {
  x_->stop();
}

uint16_t http_server::port() const {
  return x_->port();
}

std::string http_server::url() const {
  auto& address = x_->config().address;
  bool six = address.find(':') != std::string::npos;
  return fmt::format("{}://{}:{}", x_->config().tls ? "https" : "http",
                     six ? "[" + address + "]" : address, x_->port());
}

size_t http_server::connections() const {
  return x_->connections();
}

}  // namespace scaleops
