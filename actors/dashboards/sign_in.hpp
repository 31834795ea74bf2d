// Sign-in: who is calling? By session cookie, bearer token (asked of the cluster by TokenReview,
// remembered briefly) or the demo's one-time token. Helper of the root actor, on whose behalf it
// sends its requests.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <caf/expected.hpp>

#include "actors/common/env.hpp"
#include "actors/dashboards/dashboards.hpp"
#include "actors/dashboards/logic/session.hpp"
#include "messages/entropy.hpp"

namespace scaleops::dashboards {

/// Who calls, and how that is known.
struct caller {
  std::optional<logic::identity> who;  // absent: nobody signed in
  std::optional<logic::session> open;  // by cookie
};

/// Failed sign-ins from one address are limited, so that tokens cannot be tried out.
class sign_in_limiter {
public:
  bool permits(const std::string& peer, instant now);
  void failed(const std::string& peer, instant now);

private:
  struct tally {
    instant since{};
    int failures = 0;
  };
  std::map<std::string, tally> peers_;
};

class doorkeeper {
public:
  doorkeeper(const dashboards_config& cfg, uint64_t seed)
      : cfg_(cfg),
        sessions_(cfg.session_secret, cfg.session_length),
        draws_(seed),
        one_time_(cfg.one_time_token) {}

  /// By cookie; no request needed.
  caller by_cookie(const api_request& request, instant now) const;

  /// The bearer token of the request; empty when there is none.
  static std::string bearer_of(const api_request& request);

  /// Accepted before and still remembered.
  std::optional<logic::identity> remembered(const std::string& token, instant now) const;
  void remember(const std::string& token, const logic::identity& who, instant now);

  /// The one-time token's user, once.
  std::optional<logic::identity> spend_one_time(const std::string& token);

  /// Value of Set-Cookie for a new session.
  std::string open_session(const logic::identity& who, instant now, std::string& cookie);
  std::string close_session(const api_request& request, instant now);
  std::optional<logic::session> find(const std::string& cookie, instant now) const {
    return sessions_.find(cookie, now);
  }

  /// Writes by cookie must come from our own page. Empty: they do; else what is missing.
  static std::string cross_site_doubt(const api_request& request, const logic::session& open);

  sign_in_limiter limiter;

private:
  std::string cookie_name() const { return cfg_.secure_cookies ? "__Host-scaleops" : "scaleops"; }
  std::string attributes() const;

  const dashboards_config& cfg_;
  logic::session_keeper sessions_;
  entropy draws_;
  std::string one_time_;
  struct known_token {
    logic::identity who;
    instant until{};
  };
  std::map<std::string, known_token> tokens_;  // by digest: the tokens themselves are not kept
};

}  // namespace scaleops::dashboards
