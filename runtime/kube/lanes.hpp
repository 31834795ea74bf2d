// How fast we may ask the API server, and who goes first. Pure: time is an argument.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace scaleops::kube {

/// What a request is for. Healing goes before bookkeeping when the rate is short.
enum class lane : uint8_t {
  urgent,       // resizes, evictions, leases, reviews: somebody's workload or lead depends on it
  normal,       // lists, watches, reads
  bookkeeping,  // status, events, checkpoints, usage
};
inline constexpr std::array all_lanes = {lane::urgent, lane::normal, lane::bookkeeping};

inline std::string_view to_string(lane which) {
  constexpr std::array<std::string_view, 3> names = {"urgent", "normal", "bookkeeping"};
  return names[size_t(which)];
}

/// A token bucket of which the lesser lanes leave a part to the greater ones.
class rate_lanes {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  rate_lanes(double per_second, double burst)
      : per_second_{per_second}, burst_{burst}, tokens_{burst} {}

  /// Takes a token, if the lane may.
  bool take(lane which, time_point now) {
    refill(now);
    if (tokens_ < needed(which))
      return false;
    tokens_ -= 1;
    return true;
  }

  /// How long until take() would succeed, if nobody else takes one.
  duration wait(lane which, time_point now) {
    refill(now);
    double lacking = std::max(0.0, needed(which) - tokens_);
    return std::chrono::duration_cast<duration>(
             std::chrono::duration<double>(lacking / per_second_)) +
           (lacking > 0 ? std::chrono::milliseconds{1} : std::chrono::milliseconds{0});
  }

private:
  double needed(lane which) const {
    constexpr std::array<double, 3> reserve = {0, 0.1, 0.3};  // share of the burst left alone
    return 1 + reserve[size_t(which)] * (burst_ - 1);
  }
  void refill(time_point now) {
    if (now <= at_)
      return;
    if (at_ != time_point{})
      tokens_ =
        std::min(burst_, tokens_ + per_second_ * std::chrono::duration<double>(now - at_).count());
    at_ = now;
  }

  double per_second_, burst_, tokens_;
  time_point at_{};
};

}  // namespace scaleops::kube
