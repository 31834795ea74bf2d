// What the updater says about itself: the log that dashboards read, metrics, and reports to the
// cluster. A refusal is told once a pod, not in every round.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "actors/updater/logic/record_ring.hpp"
#include "actors/updater/reporter.hpp"
#include "actors/updater/updater_metrics.hpp"

namespace scaleops {

class record_book {
public:
  using send_report = std::function<void(report_update)>;

  record_book(size_t log_size, prometheus::Registry& registry, send_report send)
      : ring_{log_size}, metrics_{registry}, send_{std::move(send)} {}

  void note_done(const pod_wish& wish, const std::string& detail, instant now);
  void note_refusal(const pod_wish& wish, refusal why, const std::string& detail, instant now);

  /// The pod is being changed, or is gone: the next refusal is news again.
  void forget(const std::string& uid) { last_.erase(uid); }

  update_log after(uint64_t number) const { return ring_.after(number); }
  uint64_t done() const { return done_; }
  updater_metrics& metrics() { return metrics_; }

private:
  record_ring ring_;
  updater_metrics metrics_;
  send_report send_;
  std::map<std::string, refusal> last_;  // by pod uid
  uint64_t done_ = 0;
};

}  // namespace scaleops
