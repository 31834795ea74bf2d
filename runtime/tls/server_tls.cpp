#include "runtime/tls/server_tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/context.hpp>

namespace scaleops::tls {

namespace {

namespace ssl = boost::asio::ssl;

// Mozilla's "intermediate" list without RSA key exchange and CBC; for TLS 1.2, 1.3 has its own.
constexpr const char* ciphers =
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
  "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

constexpr std::string_view only_protocol = "\x08http/1.1";

/// A client that offers protocols but not ours is told so (RFC 7301, section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  unsigned char* match = nullptr;
  if (SSL_select_next_proto(
        &match, size, reinterpret_cast<const unsigned char*>(only_protocol.data()),
        unsigned(only_protocol.size()), offered, offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = match;
  return SSL_TLSEXT_ERR_OK;
}

bool harden(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers) == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") == 1;
}

}  // namespace

std::string server_tls::show(const identity& shown) {
  auto fresh = std::make_shared<ssl::context>(ssl::context::tls_server);
  boost::system::error_code ec;
  if (!harden(fresh->native_handle()))
    return "OpenSSL does not offer TLS 1.2 with modern ciphers; install OpenSSL 3";
  fresh->use_certificate_chain(boost::asio::buffer(shown.certificate), ec);
  if (ec)
    return fmt::format("tls.crt: is no PEM certificate ({})", ec.message());
  fresh->use_private_key(boost::asio::buffer(shown.key), ssl::context::pem, ec);
  if (ec)
    return fmt::format(
      "tls.key: is no PEM key without passphrase, or does not belong to tls.crt ({})",
      ec.message());
  if (!config_.client_authorities.empty()) {
    fresh->add_certificate_authority(boost::asio::buffer(config_.client_authorities), ec);
    if (ec)
      return fmt::format("authorities of clients: are no PEM certificates ({})", ec.message());
    fresh->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert, ec);
  }
  ERR_clear_error();
  std::lock_guard guard{lock_};
  current_ = std::move(fresh);
  return {};
}

std::shared_ptr<ssl::context> server_tls::current() const {
  std::lock_guard guard{lock_};
  return current_;
}

}  // namespace scaleops::tls
