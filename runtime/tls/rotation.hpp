// When an authority and what it has signed must be renewed. Pure: what is held comes in as data,
// the plan goes out as data.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "messages/time.hpp"

namespace scaleops::tls {

struct validity {
  instant from{};
  instant until{};

  bool holds(instant now) const { return from <= now && now < until; }
  /// The moment after `share` (0 to 1) of the life.
  instant after(double share) const {
    return from +
           std::chrono::floor<milliseconds>(std::chrono::duration<double>(until - from) * share);
  }
};

struct rotation_rules {
  milliseconds authority_life = std::chrono::hours{24} * 365 * 5;
  milliseconds serving_life = std::chrono::hours{24} * 90;
  double renew_at = 2.0 / 3;  // share of its life after which a certificate is replaced
  /// A new authority signs nothing for so long: by then all who check have heard of it.
  milliseconds settling = std::chrono::hours{1};
  /// Certificates begin so long before they are made: others' clocks may be behind.
  milliseconds backdate = std::chrono::hours{1};
};

struct held_authority {
  validity life;
  bool has_key = false;  // can sign
};

struct held_serving {
  validity life;
  std::optional<size_t> signed_by;  // index among the authorities; absent: none of them
  bool right_names = false;
};

struct held_certificates {
  std::vector<held_authority> authorities;  // newest first
  std::optional<held_serving> serving;      // absent: there is none, or it cannot be read
};

struct rotation_plan {
  bool make_authority = false;
  bool make_serving = false;         // signed by the newest authority, a new one if one is made
  std::vector<size_t> drop;          // expired authorities
  std::vector<std::string> reasons;  // for people, one for each thing to do
  instant next{};                    // nothing becomes due before, once this plan is carried out

  bool nothing() const { return !make_authority && !make_serving && drop.empty(); }
};

/// A new authority stands beside the old one, which goes on to be trusted until it expires; the
/// serving certificate changes sides once the new one has settled. Only where nothing valid is left
/// do both change at once.
rotation_plan plan_rotation(const held_certificates& held, const rotation_rules& rules,
                            instant now);

}  // namespace scaleops::tls
