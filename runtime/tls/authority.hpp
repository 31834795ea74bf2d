// An authority of our own with its serving certificate, as it is kept in a Secret: brought up to
// date by the rules of rotation.hpp.
#pragma once

#include <string>

#include "runtime/tls/certificate.hpp"
#include "runtime/tls/rotation.hpp"

namespace scaleops::tls {

/// All as PEM. Empty: not there yet.
struct certificate_set {
  std::string bundle;         // authorities to trust, newest first
  std::string authority_key;  // of the newest
  identity serving;

  bool operator==(const certificate_set& other) const {
    return bundle == other.bundle && authority_key == other.authority_key &&
           serving.certificate == other.serving.certificate && serving.key == other.serving.key;
  }
};

struct certificate_wish {
  std::string authority_name = "scaleops";  // common name of the authority
  certificate_names names;
  certificate_use use = certificate_use::server;
};

struct renewal {
  certificate_set set;  // up to date; as held where nothing was due or something failed
  bool changed = false;
  std::string why;      // what was done, for people
  std::string problem;  // OpenSSL refused: one line
  instant next{};       // nothing becomes due before
};

/// What is unreadable in `held` counts as not there: a damaged set is replaced.
renewal renew(const certificate_set& held, const certificate_wish& wish,
              const rotation_rules& rules, instant now);

}  // namespace scaleops::tls
