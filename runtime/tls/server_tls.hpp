// What a server shows to those who connect by TLS. The certificate can be replaced while the server
// runs: connections that are open go on, new handshakes see the new one.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "runtime/tls/certificate.hpp"

namespace boost::asio::ssl {
class context;
}

namespace scaleops::tls {

struct server_tls_config {
  /// Set: clients must show a certificate that one of these authorities (PEM) has signed.
  std::string client_authorities;
};

/// May be used from any thread. TLS 1.2 at least with forward secrecy and authenticated encryption,
/// ALPN "http/1.1", no tickets and no renegotiation: nothing outlives a replaced certificate.
class server_tls {
public:
  explicit server_tls(server_tls_config config = {}) : config_{std::move(config)} {}

  /// From now on new handshakes see `shown`. A problem, one line, leaves what was shown before.
  std::string show(const identity& shown);

  /// For the next handshake; null as long as there is nothing to show.
  std::shared_ptr<boost::asio::ssl::context> current() const;

private:
  server_tls_config config_;
  mutable std::mutex lock_;  // taken once a handshake
  std::shared_ptr<boost::asio::ssl::context> current_;
};

}  // namespace scaleops::tls
