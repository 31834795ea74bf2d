// The webhook's threads: each has a listener, connections and a desk of its own, and shares nothing
// with the others on the way from a review to its answer. News of the snapshot are posted to all.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/admission/review_desk.hpp"
#include "runtime/http/http_server.hpp"

namespace scaleops::webhook {

struct workers_config {
  size_t threads = 2;
  std::string path = "/mutate";
  /// Address, port, limits, TLS; `on_refused` is set here. A review that is larger than the desk
  /// reads is taken in nevertheless, so that it can be answered by its uid.
  http_server_config http;
  desk_config desk;
};

class review_workers {
public:
  /// `registry` counts verdicts and clients that were turned away.
  review_workers(workers_config config, prometheus::Registry& registry);
  ~review_workers();
  review_workers(const review_workers&) = delete;
  review_workers& operator=(const review_workers&) = delete;

  /// Listens, then lets the threads run. Empty, or a sentence that names address, port and cause.
  std::string start();

  /// From now on each answer ends its connection; new connections are still taken.
  void answer_last();

  /// Ends the threads. Requests that were begun are answered, but for those that take longer than
  /// `patience`. Idempotent.
  void stop(milliseconds patience = {});

  uint16_t port() const;

  /// Runs `news` once for each desk, on its own thread, in the order of the calls. Any thread.
  void tell(std::function<void(review_desk&)> news);

  /// Reviews answered since the last call. Any thread.
  uint64_t take_answered();

private:
  struct worker;
  workers_config config_;
  std::shared_ptr<review_counts> counts_;
  std::vector<std::unique_ptr<worker>> workers_;
  bool stopped_ = false;
};

}  // namespace scaleops::webhook
