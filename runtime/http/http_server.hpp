// A small HTTP/1.1 server for one thread, plain or by TLS: whoever drives the io_context (the
// platform's main loop, by poll()) drives it. It bounds everything a client can make it hold:
// connections, header and body sizes, time, and unsent bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/http/http.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops {

namespace tls {
class server_tls;
}

/// Why a client was turned away; metric labels.
namespace http_refusals {
inline constexpr std::string_view full = "full";              // too many connections
inline constexpr std::string_view handshake = "handshake";    // no TLS came about
inline constexpr std::string_view plain_http = "plain_http";  // on a TLS port; told so
inline constexpr std::string_view slow = "slow";              // a step took too long
inline constexpr std::string_view malformed = "malformed";    // told so
inline constexpr std::string_view too_large = "too_large";    // told so
}  // namespace http_refusals

struct http_server_config {
  std::string address = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  size_t max_connections = 1024;
  size_t header_limit = 16 * 1024;      // bytes
  size_t body_limit = 1024 * 1024;      // bytes
  size_t stream_backlog = 1024 * 1024;  // unsent bytes after which a streaming client is cut
  milliseconds idle_timeout = std::chrono::seconds{75};  // between requests of one connection
  milliseconds read_timeout = std::chrono::seconds{15};  // from a request's first byte to its last
  milliseconds handler_timeout = std::chrono::seconds{60};  // until the handler answers; then 504
  milliseconds write_timeout =
    std::chrono::seconds{30};  // for one response or one piece of a stream
  string_map headers;          // put on every response
  bool pass_headers = true;    // false: handlers get no headers, which spares a dozen copies

  /// Set: HTTPS, with whatever certificate it shows at the time of a handshake.
  std::shared_ptr<const tls::server_tls> tls;
  milliseconds handshake_timeout = std::chrono::seconds{10};
  std::function<void(std::string_view why)> on_refused;  // one of http_refusals
};

class http_server {
public:
  http_server(boost::asio::io_context& ioc, http_server_config config, http_handler handler);

  /// Stops; the io_context must still be there.
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Binds and listens. Empty when listening, else a sentence that names address, port and cause.
  std::string start();

  /// Accepts from the socket on which `other` listens, beside it: several servers on threads of
  /// their own share one port. Call it before `other`'s thread runs.
  std::string start_beside(const http_server& other);

  /// From now on each answer says that it is its connection's last. New ones are still taken.
  void answer_last();

  /// Stops accepting and sends away who waits between requests. Calls `done` once the last
  /// connection is gone: what was begun is answered. Only stop() ends those that take their time.
  void wind_up(std::function<void()> done);

  /// Stops accepting and closes every connection; streams see on_closed. Idempotent.
  void stop();

  /// The port in use; 0 before start.
  uint16_t port() const;

  /// "http://127.0.0.1:8080", or https
  std::string url() const;

  size_t connections() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops
