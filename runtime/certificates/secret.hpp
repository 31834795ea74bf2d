// The Secret in which all replicas keep one authority and one serving certificate: its JSON to and
// from a certificate_set. Keys as in kubernetes.io/tls, with the authority's beside.
#pragma once

#include <string>
#include <string_view>

#include "runtime/tls/authority.hpp"

namespace scaleops::certificates {

struct stored_certificates {
  tls::certificate_set set;      // what is missing or unreadable is empty
  std::string resource_version;  // to write against
  std::string problem;           // the document is no Secret
};

stored_certificates read_secret(std::string_view document);

/// A merge patch that succeeds only while the Secret is as it was read.
std::string secret_patch(const tls::certificate_set& set, const std::string& resource_version);

}  // namespace scaleops::certificates
