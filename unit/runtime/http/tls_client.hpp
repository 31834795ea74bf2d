// A TLS client for tests of the server, on the server's own thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <openssl/ssl.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace scaleops::test {

struct tls_client_options {
  std::string authorities;               // PEM; empty: anything is trusted
  std::string alpn;                      // in wire form
  int newest_version = 0;                // 0: whatever OpenSSL has
  std::string name = "admissions.test";  // what the certificate must bear
};

class tls_client {
public:
  using options = tls_client_options;

  tls_client(boost::asio::io_context& ioc, uint16_t port, const options& with = {})
      : ioc_{ioc}, context_{prepare(with)}, stream_{ioc, context_} {
    if (!with.alpn.empty())
      SSL_set_alpn_protos(stream_.native_handle(),
                          reinterpret_cast<const unsigned char*>(with.alpn.data()),
                          unsigned(with.alpn.size()));
    stream_.next_layer().connect({boost::asio::ip::make_address("127.0.0.1"), port});
  }

  /// Empty when it came about.
  std::string handshake() {
    bool done = false;
    std::string problem;
    stream_.async_handshake(boost::asio::ssl::stream_base::client,
                            [&](boost::system::error_code ec) {
                              problem = ec ? ec.message() : "";
                              done = true;
                            });
    turn_until([&] { return done; });
    return done ? problem : "no end of the handshake";
  }

  void send(std::string_view bytes) {
    bool done = false;
    boost::asio::async_write(stream_, boost::asio::buffer(bytes),
                             [&](boost::system::error_code, size_t) { done = true; });
    turn_until([&] { return done; });
  }

  /// All that came, once `text` is in it or the connection has ended.
  const std::string& until(std::string_view text) {
    while (got_.find(text) == std::string::npos && !closed_) {
      bool done = false;
      stream_.async_read_some(boost::asio::buffer(bytes_),
                              [&](boost::system::error_code ec, size_t size) {
                                got_.append(bytes_, size);
                                closed_ = bool(ec);
                                clean_ = ec == boost::asio::error::eof;
                                done = true;
                              });
      if (!turn_until([&] { return done; }))
        stream_.next_layer().close();  // the handler refers to what is here
      turn_until([&] { return done; });
    }
    return got_;
  }

  const std::string& until_closed() { return until("\xff never"); }
  void forget() { got_.clear(); }
  bool closed() const { return closed_; }
  /// The server ended by TLS' own goodbye.
  bool closed_cleanly() const { return clean_; }
  void close() { stream_.next_layer().close(); }

  std::string protocol() {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(stream_.native_handle(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  std::string version() { return SSL_get_version(stream_.native_handle()); }
  std::string cipher() { return SSL_get_cipher_name(stream_.native_handle()); }
  /// The common name on the certificate that the server has shown.
  std::string shown() {
    auto* certificate = SSL_get1_peer_certificate(stream_.native_handle());
    char name[65] = "";
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                              sizeof name);
    X509_free(certificate);
    return name;
  }

private:
  static boost::asio::ssl::context prepare(const options& with) {
    boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
    if (with.newest_version != 0)
      SSL_CTX_set_max_proto_version(context.native_handle(), with.newest_version);
    if (with.authorities.empty())
      return context;
    context.set_verify_mode(boost::asio::ssl::verify_peer);
    context.add_certificate_authority(boost::asio::buffer(with.authorities));
    X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(context.native_handle()), with.name.c_str(), 0);
    return context;
  }

  template <class Condition>
  bool turn_until(Condition condition) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{2};
    while (!condition() && std::chrono::steady_clock::now() < end) {
      ioc_.restart();
      ioc_.run_one_for(std::chrono::milliseconds{10});
    }
    return condition();
  }

  boost::asio::io_context& ioc_;
  boost::asio::ssl::context context_;
  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
  char bytes_[4096];
  std::string got_;
  bool closed_ = false;
  bool clean_ = false;
};

}  // namespace scaleops::test
