// Sessions that need no store: a cookie that carries who it is and until when, sealed by
// HMAC-SHA256, so that every replica with the same secret accepts it and a restart signs nobody
// out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/dashboards/logic/access.hpp"
#include "messages/time.hpp"

namespace scaleops::dashboards::logic {

struct session {
  identity who;
  instant until{};
  std::string csrf;  // must come back in the x-csrf-token header of every write
};

class session_keeper {
public:
  /// `secret`: at least 32 bytes that nobody can guess. `salt` tells apart cookies of one moment.
  session_keeper(std::string secret, milliseconds length)
      : secret_(std::move(secret)), length_(length) {}

  /// The cookie's value of a new session; of the groups only those in `relevant` are kept, so that
  /// it stays small.
  std::string open(identity who, const access_rules& relevant, instant now, uint64_t salt) const;

  /// The session of a cookie's value; absent when forged, over, or closed.
  std::optional<session> find(std::string_view cookie, instant now) const;

  /// Signs out: the cookie is refused from now on (by this replica, until it would have ended
  /// anyway).
  void close(std::string_view cookie, instant now);

  milliseconds length() const { return length_; }

private:
  std::string seal(std::string_view purpose, std::string_view text) const;

  std::string secret_;
  milliseconds length_;
  std::map<std::string, instant, std::less<>> closed_;
};

/// One cookie of a Cookie header (RFC 6265); empty when absent.
std::string_view cookie_of(std::string_view header, std::string_view name);

/// Equal, in a time that does not depend on where the difference is.
bool same_secret(std::string_view a, std::string_view b);

/// Hex SHA-256, for remembering tokens without keeping them.
std::string digest_of(std::string_view text);

}  // namespace scaleops::dashboards::logic
