// The server's end of one connection: bytes straight through TCP, or through TLS on it. One type
// for both, so that Beast is compiled once. Included by connection.hpp only.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace scaleops::http_edge {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// An AsyncReadStream and AsyncWriteStream as Asio means them.
class edge_socket {
public:
  using executor_type = tcp::socket::executor_type;
  using tls_context = std::shared_ptr<asio::ssl::context>;

  /// `tls` null: plain.
  edge_socket(tcp::socket socket, tls_context tls)
      : socket_{std::move(socket)}, context_{std::move(tls)} {
    if (context_)
      tls_.emplace(socket_, *context_);
    encrypted_ = tls_.has_value();
  }

  executor_type get_executor() { return socket_.get_executor(); }
  tcp::socket& tcp_socket() { return socket_; }
  bool encrypted() const { return encrypted_; }

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& into, Handler&& handler) {
    if (encrypted_)
      tls_->async_read_some(into, std::forward<Handler>(handler));
    else
      socket_.async_read_some(into, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& from, Handler&& handler) {
    if (encrypted_)
      tls_->async_write_some(from, std::forward<Handler>(handler));
    else
      socket_.async_write_some(from, std::forward<Handler>(handler));
  }

  template <class Handler>
  void async_handshake(Handler&& handler) {
    tls_->async_handshake(asio::ssl::stream_base::server, std::forward<Handler>(handler));
  }

  /// Says goodbye by TLS and waits for the peer's.
  template <class Handler>
  void async_goodbye(Handler&& handler) {
    tls_->async_shutdown(std::forward<Handler>(handler));
  }

  /// What follows goes past TLS.
  void go_plain() { encrypted_ = false; }

  /// Whether a failed handshake began with the words of plain HTTP.
  static bool spoke_http(const error_code& failed) {
    if (failed.category() != asio::error::get_ssl_category())
      return false;
    auto reason = ERR_GET_REASON(static_cast<unsigned long>(failed.value()));
    return reason == SSL_R_HTTP_REQUEST || reason == SSL_R_HTTPS_PROXY_REQUEST;
  }

private:
  tcp::socket socket_;
  tls_context context_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  bool encrypted_ = false;
};

}  // namespace scaleops::http_edge
