// Time as the platform speaks of it: wall instants for data, durations for waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace scaleops {

using std::chrono::milliseconds;

/// A moment of wall time (UTC), millisecond resolution, as in every timestamp of the Kubernetes
/// API.
using instant = std::chrono::sys_time<milliseconds>;

/// Ties the steady clock of the actor system to wall time, so that actors need only one clock.
/// `wall` is what the calendar says when the actor clock stands at `steady`.
struct wall_anchor {
  instant wall{};
  std::chrono::steady_clock::time_point steady{};

  instant at(std::chrono::steady_clock::time_point now) const {
    return wall + std::chrono::floor<milliseconds>(now - steady);
  }
};

/// RFC 3339 in UTC with seconds ("2026-01-05T12:00:00Z"), the form of Kubernetes' metav1.Time.
std::string format_rfc3339(instant at);

/// Reads RFC 3339 with optional fraction and any offset. Returns false and leaves `out` alone when
/// malformed.
bool parse_rfc3339(std::string_view text, instant& out);

/// Reads Go's duration form ("1h30m", "90s", "500ms") and whole days ("14d"). Returns false when
/// malformed.
bool parse_duration(std::string_view text, milliseconds& out);

/// The shortest exact form that parse_duration reads back ("14d", "1h30m", "0s").
std::string format_duration(milliseconds value);

}  // namespace scaleops
