#include "runtime/kube/connection.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "messages/crd/base64.hpp"

namespace scaleops::kube {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr size_t read_size = 64 * 1024;

}  // namespace

class connection::impl : public std::enable_shared_from_this<connection::impl> {
public:
  impl(asio::io_context& io, dial_plan plan, tls_context tls)
      : plan_{std::move(plan)},
        encrypted_{tls != nullptr},
        tls_{tls ? std::move(tls)
                 : std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client)},
        resolver_{io},
        stream_{io, *tls_},
        timer_{io} {}

  void open(std::function<void(const std::string&)> callback) {
    opened_ = std::move(callback);
    auto& first = plan_.proxy ? *plan_.proxy : plan_.server;
    arm(plan_.open_timeout);
    resolver_.async_resolve(
      first.host, first.port,
      [self = shared_from_this()](error_code ec, tcp::resolver::results_type found) {
        if (ec)
          return self->give_up("cannot find", ec.message(), "correct the name or the DNS");
        self->connect(std::move(found));
      });
  }

  void run(exchange work) {
    work_ = std::move(work);
    request_ = std::move(work_->request);
    heard_ = false;
    writing_ = true;
    reader_.emplace(work_->events);
    arm(work_->idle);
    auto written = [self = shared_from_this()](error_code ec, size_t) {
      self->writing_ = false;
      if (ec && !self->closed_ && !self->heard_)
        self->end("the connection broke while asking: " + ec.message(), self->used_);
    };
    if (encrypted_)
      asio::async_write(stream_, asio::buffer(request_), written);
    else
      asio::async_write(socket(), asio::buffer(request_), written);
    read();
  }

  void pause(bool on) {
    if (paused_ == on)
      return;
    paused_ = on;
    if (closed_ || !work_)
      return;
    if (on) {
      timer_.cancel();
    } else {
      arm(work_->idle);
      read();
    }
  }

  /// Silent: whoever closes knows.
  void close() {
    if (closed_)
      return;
    closed_ = true;
    opened_ = nullptr;
    error_code ignored;
    resolver_.cancel();
    timer_.cancel();
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
    // Not now: this may run inside of one of their callbacks.
    asio::post(timer_.get_executor(), [self = shared_from_this()] {
      self->work_.reset();
      self->reader_.reset();
    });
  }

  bool reusable() const {
    if (closed_ || work_ || !ready_)
      return false;
    char byte = 0;  // anything to be read between exchanges means the end
    auto fd = const_cast<impl*>(this)->socket().native_handle();
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           (errno == EAGAIN || errno == EWOULDBLOCK);
  }

private:
  tcp::socket& socket() { return stream_.next_layer(); }

  void arm(milliseconds span) {
    timer_.expires_after(span);
    timer_.async_wait([weak = weak_from_this(), span](error_code ec) {
      auto self = weak.lock();
      if (ec || !self || self->closed_ ||
          self->timer_.expiry() > asio::steady_timer::clock_type::now())
        return;
      if (self->opened_)
        self->give_up("cannot reach", "no answer in " + format_duration(span),
                      "check the address, the network and firewalls");
      else
        self->end("no answer in " + format_duration(span), false);
    });
  }

  void give_up(std::string_view what, const std::string& why, std::string_view fix) {
    auto callback = std::exchange(opened_, nullptr);
    if (!callback)
      return;
    auto& first = plan_.proxy ? *plan_.proxy : plan_.server;
    auto line = fmt::format("{} {}{}: {}; {}", what, plan_.proxy ? "proxy " : "", first.to_string(),
                            why, fix);
    close();
    callback(line);
  }

  void connect(tcp::resolver::results_type found) {
    asio::async_connect(socket(), found,
                        [self = shared_from_this()](error_code ec, const tcp::endpoint&) {
                          if (!self->opened_)
                            return;
                          if (ec)
                            return self->give_up("cannot reach", ec.message(),
                                                 "check that it runs, its address and the network");
                          error_code ignored;
                          self->socket().set_option(tcp::no_delay(true), ignored);
                          self->socket().set_option(asio::socket_base::keep_alive(true), ignored);
                          if (self->plan_.proxy)
                            self->ask_proxy();
                          else
                            self->greet();
                        });
  }

  void ask_proxy() {
    auto name = self_name();
    request_ = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", name);
    if (auto& user = plan_.proxy->user_info; !user.empty())
      request_ += "Proxy-Authorization: Basic " + encode_base64(user) + "\r\n";
    request_ += "\r\n";
    proxy_status_ = 0;
    http_reader::events events;
    events.on_head = [this](const http_head& head) { proxy_status_ = head.status; };
    reader_.emplace(std::move(events), true);
    asio::async_write(socket(), asio::buffer(request_),
                      [self = shared_from_this()](error_code ec, size_t) {
                        if (ec)
                          self->give_up("cannot use", ec.message(), "check the proxy");
                      });
    read_proxy();
  }

  std::string self_name() const {
    auto host = plan_.server.host.find(':') == std::string::npos ? plan_.server.host
                                                                 : "[" + plan_.server.host + "]";
    return host + ":" + plan_.server.port;
  }

  void read_proxy() {
    // One byte at a time: what follows the head belongs to TLS.
    socket().async_read_some(
      asio::buffer(bytes_.data(), 1), [self = shared_from_this()](error_code ec, size_t n) {
        if (!self->opened_)
          return;
        if (ec)
          return self->give_up("cannot use", ec.message(), "check the proxy");
        auto state = self->reader_->feed({self->bytes_.data(), n});
        if (state == http_reader::state::failed)
          return self->give_up("cannot use", self->reader_->problem(), "check the proxy");
        if (self->proxy_status_ == 0)
          return self->read_proxy();
        if (self->proxy_status_ != 200)
          return self->give_up(
            "cannot use", fmt::format("it answers {}", self->proxy_status_),
            "let it CONNECT to " + self->self_name() + ", or exempt the server by NO_PROXY");
        self->reader_.reset();
        self->greet();
      });
  }

  void greet() {
    if (!encrypted_)
      return finish_opening();
    auto& name = plan_.tls_name;
    if (!expect_peer(stream_.native_handle(), name))
      return give_up("cannot reach", "\"" + name + "\" is no host name", "correct tls-server-name");
    stream_.async_handshake(
      asio::ssl::stream_base::client, [self = shared_from_this()](error_code ec) {
        if (!self->opened_)
          return;
        if (ec)
          return self->give_up(
            "cannot trust",
            explain_handshake(self->stream_.native_handle(), self->plan_.tls_name, ec.message()),
            "the connection was given up");
        self->finish_opening();
      });
  }

  void finish_opening() {
    timer_.cancel();
    ready_ = true;
    std::exchange(opened_, nullptr)({});
  }

  void read() {
    if (reading_ || paused_ || closed_)
      return;
    reading_ = true;
    auto done = [self = shared_from_this()](error_code ec, size_t n) {
      self->reading_ = false;
      self->on_read(ec, n);
    };
    if (encrypted_)
      stream_.async_read_some(asio::buffer(bytes_), done);
    else
      socket().async_read_some(asio::buffer(bytes_), done);
  }

  void on_read(error_code ec, size_t n) {
    if (closed_ || !work_)
      return;
    if (n > 0) {
      heard_ = true;
      auto state = reader_->feed({bytes_.data(), n});
      if (closed_ || !work_)
        return;  // a callback had enough
      if (state == http_reader::state::failed)
        return end(reader_->problem(), false);
      if (state == http_reader::state::done)
        return complete();
      if (!paused_)
        arm(work_->idle);
    }
    if (ec) {
      bool ended = reader_->finish() == http_reader::state::done;
      if (closed_ || !work_)
        return;
      if (ended)
        return complete();
      return end(ec == asio::error::eof || heard_ ? reader_->problem() : ec.message(),
                 used_ && !heard_);
    }
    read();
  }

  void complete() {
    auto work = std::move(*work_);
    work_.reset();
    timer_.cancel();
    used_ = true;
    bool again = reader_->keep_alive() && reader_->trailing() == 0 && !writing_;
    reader_.reset();
    if (!again)
      close();
    work.on_end({}, false);
  }

  /// `untouched`: nothing came back on a connection that had been in use, which is how a server
  /// that closes idle connections looks.
  void end(const std::string& problem, bool untouched) {
    if (!work_)
      return;
    auto work = std::move(*work_);
    work_.reset();
    close();
    work.on_end(problem, untouched);
  }

  dial_plan plan_;
  bool encrypted_;
  tls_context tls_;
  tcp::resolver resolver_;
  asio::ssl::stream<tcp::socket> stream_;
  asio::steady_timer timer_;
  std::function<void(const std::string&)> opened_;
  std::optional<exchange> work_;
  std::optional<http_reader> reader_;
  std::array<char, read_size> bytes_{};
  std::string request_;  // outlives the exchange: the socket may still be reading from it
  int proxy_status_ = 0;
  bool ready_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool paused_ = false;
  bool closed_ = false;
  bool used_ = false;   // has carried an exchange before
  bool heard_ = false;  // a byte of the present answer
};

connection::connection(boost::asio::io_context& io, dial_plan plan, tls_context tls)
    : x_{std::make_shared<impl>(io, std::move(plan), std::move(tls))} {}

connection::~connection() {
  x_->close();
}

void connection::open(std::function<void(const std::string&)> callback) {
  x_->open(std::move(callback));
}
void connection::run(exchange work) {
  x_->run(std::move(work));
}
void connection::pause(bool on) {
  x_->pause(on);
}
void connection::close() {
  x_->close();
}
bool connection::reusable() const {
  return x_->reusable();
}

}  // namespace scaleops::kube
