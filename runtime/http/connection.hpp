// One client's connection, plain or by TLS: reads requests, writes answers and streams, and is cut
// when it is too slow. Included by http_server.cpp only, because parsing Beast is dear.
#pragma once

#include <array>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "runtime/http/edge_socket.hpp"
#include "runtime/http/response_head.hpp"
#include "runtime/http/server_core.hpp"

namespace scaleops::http_edge {

namespace beast = boost::beast;
namespace http = boost::beast::http;

class connection : public http_stream, public std::enable_shared_from_this<connection> {
public:
  connection(tcp::socket socket, edge_socket::tls_context tls, std::shared_ptr<server_core> core)
      : socket_(std::move(socket), std::move(tls)),
        deadline_(socket_.get_executor()),
        core_(std::move(core)) {
    error_code ec;
    auto remote = socket_.tcp_socket().remote_endpoint(ec);
    peer_ = ec ? "unknown" : remote.address().to_string();
  }

  void start() {
    if (!socket_.encrypted())
      return wait_for_request();
    arm(core_->config.handshake_timeout, http_refusals::slow);
    socket_.async_handshake([self = shared_from_this()](error_code ec) { self->on_handshake(ec); });
  }

  void abort() {
    if (closed_)
      return;
    auto self = shared_from_this();  // the set may hold the last other reference
    closed_ = true;
    ++turn_;
    error_code ignored;
    deadline_.cancel(ignored);
    socket_.tcp_socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket_.tcp_socket().close(ignored);
    core_->gone(self);
    if (auto callback = std::exchange(on_closed_, nullptr))
      callback();
  }

  /// Ends it, unless it is amid a request or was made for its first.
  void end_if_idle() {
    if (idle_ && turn_ > 0)
      abort();
  }

  // ---- http_stream ----

  bool write(std::string_view bytes) override {
    if (closed_ || !streaming_ || ending_)
      return false;
    if (bytes.empty())
      return true;
    if (pending_.size() + bytes.size() > core_->config.stream_backlog) {
      abort();  // too slow: it may come back and resume
      return false;
    }
    if (chunked_)
      pending_ += fmt::format("{:x}\r\n", bytes.size());
    pending_ += bytes;
    if (chunked_)
      pending_ += "\r\n";
    flush();
    return true;
  }

  void close() override {
    if (closed_ || !streaming_ || ending_)
      return;
    ending_ = true;
    if (chunked_)
      pending_ += "0\r\n\r\n";
    flush();
  }

  void on_closed(std::function<void()> callback) override {
    if (closed_)
      callback();
    else
      on_closed_ = std::move(callback);
  }

private:
  using clock = std::chrono::steady_clock;
  static constexpr auto never = clock::time_point::max();
  static constexpr std::string_view unanswered = "unanswered";  // by our own handler
  static constexpr size_t joined_most = 16 * 1024;              // bytes

  /// Cuts the connection unless the step is over in time; `why` is empty where that is nobody's
  /// fault. The timer is touched only where the limit comes nearer: a request has four steps, and
  /// setting it for each cost more than parsing the request.
  void arm(milliseconds limit, std::string_view why = {}) {
    due_ = clock::now() + limit;
    why_ = why;
    if (due_ < timer_at_)
      set_timer();
  }

  void disarm() { due_ = never; }

  void set_timer() {
    timer_at_ = due_;
    deadline_.expires_at(due_);
    deadline_.async_wait([self = shared_from_this()](error_code ec) {
      if (ec || self->closed_)
        return;
      self->timer_at_ = never;
      if (self->due_ <= clock::now())
        self->out_of_time();
      else if (self->due_ != never)
        self->set_timer();
    });
  }

  void out_of_time() {
    if (why_ == unanswered)
      return send(text_response(504, "No answer in time.\n"));
    if (!why_.empty())
      core_->refused(why_);
    abort();
  }

  void on_handshake(error_code ec) {
    if (!ec)
      return wait_for_request();
    if (closed_)
      return;
    bool plain = edge_socket::spoke_http(ec);
    core_->refused(plain ? http_refusals::plain_http : http_refusals::handshake);
    if (!plain)
      return abort();
    socket_.go_plain();
    keep_alive_ = false;
    send(text_response(400, "This port speaks HTTPS; use https:// in the address.\n"));
  }

  void wait_for_request() {
    if (closed_)
      return;
    if (buffer_.size() > 0)
      return read_head();  // pipelined
    arm(core_->config.idle_timeout);
    idle_ = true;
    read_more([this](error_code ec) {
      idle_ = false;
      if (ec)
        abort();
      else
        read_head();
    });
  }

  void read_head() {
    if (closed_)
      return;
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(core_->config.header_limit));
    parser_->body_limit(core_->config.body_limit);
    arm(core_->config.read_timeout, http_refusals::slow);
    parse({});
  }

  /// Feeds the parser from the buffer, head first, and reads on where that is not enough. Beast's
  /// own async_read does the same, by two rounds through the executor for every request.
  void parse(error_code ec) {
    if (closed_)
      return;
    if (ec == asio::error::eof) {
      ec = {};
      if (parser_->got_some())
        parser_->put_eof(ec);
      else
        ec = http::error::end_of_stream;
    }
    while (!ec && !parser_->is_done()) {
      if (parser_->is_header_done() && !parser_->eager()) {
        parser_->eager(true);  // the body, too
        if (http::token_list{parser_->get()[http::field::expect]}.exists("100-continue"))
          return tell_to_go_on();
      }
      if (buffer_.size() == 0)
        return read_more([this](error_code failed) { parse(failed); });
      buffer_.consume(parser_->put(buffer_.data(), ec));
      if (ec == http::error::need_more)
        return read_more([this](error_code failed) { parse(failed); });
    }
    if (ec)
      refuse(ec);
    else
      dispatch();
  }

  /// `then` is called while the connection is held.
  template <class F>
  void read_more(F then) {
    socket_.async_read_some(buffer_.prepare(core_->config.header_limit),
                            [self = shared_from_this(), then](error_code ec, size_t size) {
                              self->buffer_.commit(size);
                              then(ec);
                            });
  }

  void tell_to_go_on() {
    static const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(socket_, asio::buffer(go_on),
                      [self = shared_from_this()](error_code failed, size_t) {
                        if (failed)
                          self->abort();
                        else
                          self->parse({});
                      });
  }

  /// Says what was wrong with the request, where that is possible, and closes.
  void refuse(error_code ec) {
    if (closed_)
      return;
    if (ec == http::error::end_of_stream ||
        ec.category() != make_error_code(http::error::bad_method).category())
      return abort();
    keep_alive_ = false;
    head_only_ = false;
    core_->refused(ec == http::error::body_limit ? http_refusals::too_large
                                                 : http_refusals::malformed);
    if (ec == http::error::partial_message)
      abort();
    else
      send(refusal_of(ec, core_->config.body_limit));
  }

  void dispatch() {
    auto message = parser_->release();
    keep_alive_ = message.keep_alive();
    chunked_ = message.version() >= 11;
    http_request request;
    request.method = std::string{message.method_string()};
    head_only_ = request.method == "HEAD";
    if (!parse_target({message.target().data(), message.target().size()}, request.path,
                      request.query))
      return send(text_response(400, "Malformed request target.\n"));
    if (message.version() >= 11 && message[http::field::host].empty())
      return send(text_response(400, "The Host header is missing.\n"));
    if (core_->config.pass_headers)
      for (auto& field : message) {
        auto& slot =
          request.headers[lower({field.name_string().data(), field.name_string().size()})];
        slot += (slot.empty() ? "" : ", ") + std::string{field.value()};
      }
    request.body = std::move(message.body());
    request.peer = peer_;
    auto turn = ++turn_;
    arm(core_->config.handler_timeout, unanswered);
    auto handler = core_->handler;  // stop() may drop the server's while it runs
    handler(std::move(request), [weak = weak_from_this(), turn](http_response response) {
      auto self = weak.lock();
      if (self && !self->closed_ && self->turn_ == turn)
        self->send(std::move(response));
    });
  }

  void send(http_response response) {
    ++turn_;  // a second answer finds nobody
    disarm();
    bool streams = static_cast<bool>(response.stream) && !head_only_;
    if (streams && !chunked_)
      keep_alive_ = false;
    keep_alive_ = keep_alive_ && !core_->last_answers;
    auto end = !streams ? (response.stream ? body_end::close : body_end::length)
                        : (chunked_ ? body_end::chunks : body_end::close);
    head_ = response_head(response, core_->config.headers, end, keep_alive_);
    body_ = std::move(response.body);
    if (streams)
      return begin_stream(std::move(response.stream));
    std::array<asio::const_buffer, 2> parts{asio::const_buffer{}, asio::const_buffer{}};
    if (body_ && !head_only_ && !has_no_body(response.status)) {
      // Two pieces would be two records of TLS, and two system calls.
      if (body_->size() <= joined_most)
        head_ += *body_;
      else
        parts[1] = asio::buffer(*body_);
    }
    parts[0] = asio::buffer(head_);
    arm(core_->config.write_timeout, http_refusals::slow);
    asio::async_write(socket_, parts, [self = shared_from_this()](error_code ec, size_t) {
      self->body_.reset();
      if (ec || !self->keep_alive_)
        self->finish();
      else
        self->wait_for_request();
    });
  }

  /// Closes without throwing away what the client has not read yet.
  void finish() {
    if (closed_)
      return;
    arm(std::chrono::seconds{2});
    if (!socket_.encrypted())
      return hang_up();
    socket_.async_goodbye([self = shared_from_this()](error_code) {
      self->socket_.go_plain();  // what still comes is thrown away unread
      self->hang_up();
    });
  }

  void hang_up() {
    error_code ignored;
    socket_.tcp_socket().shutdown(tcp::socket::shutdown_send, ignored);
    drain();
  }

  /// Nothing more is expected: reading only tells when the peer is gone.
  void drain() {
    if (closed_)
      return;
    socket_.async_read_some(asio::buffer(scratch_),
                            [self = shared_from_this()](error_code ec, size_t) {
                              if (ec)
                                self->abort();
                              else
                                self->drain();
                            });
  }

  void begin_stream(std::function<void(std::shared_ptr<http_stream>)> open) {
    streaming_ = true;
    pending_ = std::move(head_);
    head_.clear();
    flush();
    drain();
    open(shared_from_this());
  }

  void flush() {
    if (closed_ || writing_)
      return;
    if (pending_.empty()) {
      if (ending_)
        abort();
      return;
    }
    writing_ = true;
    in_flight_.swap(pending_);
    pending_.clear();
    arm(core_->config.write_timeout);
    asio::async_write(socket_, asio::buffer(in_flight_),
                      [self = shared_from_this()](error_code ec, size_t) {
                        self->writing_ = false;
                        if (ec)
                          return self->abort();
                        self->disarm();
                        self->flush();
                      });
  }

  edge_socket socket_;
  asio::steady_timer deadline_;
  clock::time_point due_ = never;       // of the step
  clock::time_point timer_at_ = never;  // when the timer looks; never after due_
  std::string_view why_;
  std::shared_ptr<server_core> core_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::array<char, 1024> scratch_{};
  std::string head_;
  std::shared_ptr<const std::string> body_;
  uint64_t turn_ = 0;  // rises with every request and answer: late answers are told by it
  bool keep_alive_ = true;
  bool idle_ = false;  // waits for a request
  bool head_only_ = false;
  bool closed_ = false;
  bool chunked_ = true;
  bool streaming_ = false;
  bool ending_ = false;
  bool writing_ = false;
  std::string pending_;
  std::string in_flight_;
  std::function<void()> on_closed_;
};

}  // namespace scaleops::http_edge
