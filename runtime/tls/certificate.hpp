// X.509 by OpenSSL: makes and reads what an authority of our own needs, all as PEM text. ECDSA on
// P-256 throughout: every TLS client takes it, and a handshake costs a tenth of RSA's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/tls/rotation.hpp"

namespace scaleops::tls {

/// A certificate with the private key that belongs to it.
struct identity {
  std::string certificate;  // PEM; for serving: the leaf alone
  std::string key;          // PEM, PKCS #8, without passphrase
};

/// Whom a certificate speaks for.
struct certificate_names {
  std::string common_name;             // for people, at most 64 bytes; peers check the others
  std::vector<std::string> dns;        // "admissions.scaleops-system.svc"
  std::vector<std::string> addresses;  // "10.0.0.7", "::1"

  bool operator==(const certificate_names&) const = default;
};

/// How a certificate may be used (extended key usage).
enum class certificate_use : uint8_t { server, client, both };

/// What stands in a certificate.
struct certificate_facts {
  std::string pem;
  std::string common_name;
  std::vector<std::string> dns;        // sorted
  std::vector<std::string> addresses;  // sorted, in their shortest form
  validity life;
  bool authority = false;
};

/// Self-signed; it may sign leaves only. Absent with a one-line problem when OpenSSL refuses.
std::optional<identity> make_authority(const std::string& common_name, const validity& life,
                                       std::string& problem);

/// A leaf signed by `authority`; its life is cut to the authority's.
std::optional<identity> issue(const identity& authority, const certificate_names& names,
                              certificate_use use, validity life, std::string& problem);

/// All certificates of a PEM text, in their order; what is no certificate is passed over.
std::vector<certificate_facts> read_certificates(std::string_view pem);

/// Whether `authority` has signed `certificate`.
bool is_signed_by(const std::string& certificate, const std::string& authority);

/// Whether the key is readable and the certificate's own.
bool belongs(const std::string& key, const std::string& certificate);

/// DNS names and addresses, whatever their order.
bool bears(const certificate_facts& facts, const certificate_names& names);

}  // namespace scaleops::tls
