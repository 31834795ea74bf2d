// How well decisions fitted recorded usage, by the measures of the back-test. Pure.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace scaleops {

/// One resource over one series, or the sum over many. A request scores only samples after its
/// decision; an interval counts as an hour at most.
struct resource_score {
  double requested = 0;     // request × seconds
  double used = 0;          // usage × seconds
  double slack = 0;         // max(0, request - usage) × seconds
  double over = 0;          // max(0, usage - request) × seconds
  double seconds = 0;       // with a request in force, after the warm-up
  double over_seconds = 0;  // of those, usage above the request
  uint64_t changes = 0;     // of the request in force
  uint64_t overruns = 0;    // intervals that begin one: for memory, OOM kills
  uint64_t series = 0;      // that were scored
  uint64_t series_overrun = 0;
  double log_footprint = 0;  // sum over series of log(requested / used)
  uint64_t series_used = 0;  // that `log_footprint` sums

  /// Adds one series' sums.
  void add(const resource_score& one) {
    requested += one.requested;
    used += one.used;
    slack += one.slack;
    over += one.over;
    seconds += one.seconds;
    over_seconds += one.over_seconds;
    changes += one.changes;
    overruns += one.overruns;
    if (one.seconds > 0) {
      ++series;
      series_overrun += one.overruns > 0 ? 1 : 0;
    }
    if (one.used > 0 && one.requested > 0) {
      log_footprint += std::log(one.requested / one.used);
      ++series_used;
    }
  }
  double days() const { return seconds / 86400; }
  double footprint() const { return used > 0 ? requested / used : 0; }
  double geometric_footprint() const {
    return series_used > 0 ? std::exp(log_footprint / double(series_used)) : 0;
  }
  double overrun_usage() const { return used > 0 ? over / used : 0; }
  double overrun_time() const { return seconds > 0 ? over_seconds / seconds : 0; }
  double slack_share() const { return requested > 0 ? slack / requested : 0; }
  double changes_a_day() const { return seconds > 0 ? double(changes) / days() : 0; }
  double overruns_per_100_days() const { return seconds > 0 ? 100 * double(overruns) / days() : 0; }
};

/// Follows one resource of one series.
class series_scorer {
public:
  /// A sample at `at_s` was `value` while `request` (0: none) was in force; `scored`: the warm-up
  /// had passed at the sample before.
  void take(int64_t at_s, double value, double request, bool scored) {
    if (last_ != 0 && scored && request > 0) {
      double span = double(at_s - last_ < 3600 ? at_s - last_ : 3600);
      sum_.seconds += span;
      sum_.requested += request * span;
      sum_.used += value * span;
      bool over = value > request;
      if (over) {
        sum_.over += (value - request) * span;
        sum_.over_seconds += span;
        sum_.overruns += was_over_ ? 0 : 1;
      } else {
        sum_.slack += (request - value) * span;
      }
      was_over_ = over;
    }
  }
  /// Every row counts as the end of an interval, with or without a value.
  void pass(int64_t at_s) { last_ = at_s; }
  void note_change() { ++sum_.changes; }
  const resource_score& sum() const { return sum_; }

private:
  resource_score sum_;
  int64_t last_ = 0;
  bool was_over_ = false;
};

}  // namespace scaleops
