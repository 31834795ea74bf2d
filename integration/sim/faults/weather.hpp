// Weather: what may go wrong between a component and the API server. All zero: nothing does.
#pragma once

#include "messages/errors.hpp"
#include "messages/time.hpp"

namespace scaleops::sim {

struct kube_weather {
  milliseconds latency_low{};  // each way
  milliseconds latency_high{};
  double fail = 0;          // share of requests answered by 429, 500 or 503, nothing done
  double conflict = 0;      // share of updates answered by 409, nothing done
  double gone = 0;          // share of lists and watches answered by 410
  double lose_request = 0;  // share of requests that never arrive
  double lose_answer = 0;   // share of requests that are carried out, but nobody hears of it
  double lose_written = 0;  // the same, of those that change something
  double repeat = 0;        // share of watch batches that bring older events along
  bool cut = false;         // nothing gets through in either direction; watches stay silent

  /// Requests go straight through.
  bool calm() const {
    return latency_high == milliseconds{0} && fail == 0 && conflict == 0 && gone == 0 &&
           lose_request == 0 && lose_answer == 0 && lose_written == 0 && !cut;
  }
  /// Worse than any day: what promises may suffer from.
  bool foul() const {
    return latency_high > milliseconds{500} || fail > 0.02 || conflict > 0.05 || gone > 0.02 ||
           lose_request > 0 || lose_answer > 0 || lose_written > 0 || repeat > 0.2 || cut;
  }
};

}  // namespace scaleops::sim
