#include "runtime/kube/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

namespace scaleops::kube {

namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

bool is_address(const std::string& name) {
  error_code ec;
  boost::asio::ip::make_address(name, ec);
  return !ec;
}

bool load_own(ssl::context& context, const credential& with, std::string& problem) {
  error_code ec;
  context.use_certificate_chain(boost::asio::buffer(with.certificate), ec);
  if (ec) {
    problem = "client-certificate: is no PEM certificate (" + ec.message() + ")";
    return false;
  }
  context.use_private_key(boost::asio::buffer(with.key), ssl::context::pem, ec);
  if (ec) {
    problem =
      "client-key: is no PEM key without passphrase, or does not belong to client-certificate (" +
      ec.message() + ")";
    return false;
  }
  return true;
}

}  // namespace

tls_context make_tls_context(const credential& with, bool insecure, std::string& problem) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  error_code ec;
  if (insecure)
    context->set_verify_mode(ssl::verify_none, ec);
  else
    context->set_verify_mode(ssl::verify_peer, ec);
  if (!with.ca.empty()) {
    context->add_certificate_authority(boost::asio::buffer(with.ca), ec);
    if (ec) {
      problem = "certificate-authority: is no PEM certificate (" + ec.message() + ")";
      return nullptr;
    }
  } else if (!insecure) {
    context->set_default_verify_paths(ec);
  }
  if (!with.certificate.empty() && !load_own(*context, with, problem))
    return nullptr;
  ERR_clear_error();
  return context;
}

bool expect_peer(ssl_st* session, const std::string& name) {
  auto* checks = SSL_get0_param(session);
  if (is_address(name))
    return X509_VERIFY_PARAM_set1_ip_asc(checks, name.c_str()) == 1;
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(checks, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(session, name.c_str()) == 1;
}

std::string explain_handshake(ssl_st* session, const std::string& name,
                              const std::string& otherwise) {
  auto result = SSL_get_verify_result(session);
  auto said = [&](const char* fix) {
    return fmt::format("certificate of {}: {}; {}", name, X509_verify_cert_error_string(result),
                       fix);
  };
  switch (result) {
    case X509_V_OK:
      return fmt::format("TLS with {}: {}", name, otherwise);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return said("correct server, or set tls-server-name to a name that the certificate bears");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return said("renew the API server's certificate, or correct this machine's clock");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return said("correct this machine's clock");
    default:
      return said(
        "set certificate-authority-data to the CA that signed it (kubectl config view --raw shows "
        "what is set)");
  }
}

}  // namespace scaleops::kube
