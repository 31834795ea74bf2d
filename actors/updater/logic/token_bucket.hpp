// A budget that refills with time: so many actions a minute, a minute's worth at once.
#pragma once

#include <algorithm>

#include "messages/time.hpp"

namespace scaleops {

class token_bucket {
public:
  /// Starts full.
  token_bucket(double per_minute, instant now)
      : per_minute_{per_minute}, most_{std::max(1.0, per_minute)}, tokens_{most_}, at_{now} {}

  bool take(instant now) {
    refill(now);
    if (tokens_ < 1)
      return false;
    tokens_ -= 1;
    return true;
  }

  double left(instant now) {
    refill(now);
    return tokens_;
  }

private:
  void refill(instant now) {
    if (now <= at_)
      return;  // a clock that was set back refills nothing
    tokens_ = std::min(most_, tokens_ + per_minute_ * double((now - at_).count()) / 60'000.0);
    at_ = now;
  }

  double per_minute_;
  double most_;
  double tokens_;
  instant at_;
};

}  // namespace scaleops
