// TLS towards the API server: version 1.2 at least, chain and name checked.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "runtime/kube/credentials.hpp"

struct ssl_st;

namespace scaleops::kube {

using tls_context = std::shared_ptr<boost::asio::ssl::context>;

/// Null with a one-line problem when a certificate or key is no good.
tls_context make_tls_context(const credential& with, bool insecure, std::string& problem);

/// Sets the name that the peer must prove and that is asked for (SNI). False when it is malformed.
bool expect_peer(ssl_st* session, const std::string& name);

/// Why the handshake failed, and what to do: one line.
std::string explain_handshake(ssl_st* session, const std::string& name,
                              const std::string& otherwise);

}  // namespace scaleops::kube
