// Answers AdmissionReviews on one thread: bytes in, bytes out, decided at once by a snapshot of its
// own. Nothing of it is shared but counters, which are atomic.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/admissions/snapshot_keeper.hpp"
#include "messages/admissions.hpp"
#include "runtime/admission/review.hpp"

namespace prometheus {
class Counter;
class Registry;
}  // namespace prometheus

namespace scaleops::webhook {

/// What all desks count together; any thread.
struct review_counts {
  explicit review_counts(prometheus::Registry& registry);

  std::array<prometheus::Counter*, admission_verdict_count> by_verdict{};
  std::atomic<uint64_t> answered{0};  // since whoever follows last took it
};

struct desk_config {
  patch_config patch;
  /// Above: allowed unread. The API server takes no object above 3 MiB
  /// (k8s.io/apiserver, MaxRequestBodyBytes).
  size_t largest_review = 4 << 20;
  milliseconds feed_patience = std::chrono::seconds{30};  // silence of the news that is no trouble
  std::function<instant()> now;                           // wall time; called on the desk's thread
};

class review_desk {
public:
  review_desk(desk_config config, std::shared_ptr<review_counts> counts);

  /// The whole snapshot, as it was when it was taken.
  void take(const snapshot_keeper& all) { keeper_ = all; }
  /// News to bring it up to date by; `heard` as well.
  snapshot_keeper& keeper() { return keeper_; }
  /// Whoever tells the news was alive at that moment.
  void heard(instant at);

  /// Never throws, never denies.
  std::string answer(std::string_view body);

private:
  admission_response decide_on(const read_review& read);

  desk_config config_;
  std::shared_ptr<review_counts> counts_;
  review_reader reader_;
  snapshot_keeper keeper_;
  instant heard_{};
};

}  // namespace scaleops::webhook
