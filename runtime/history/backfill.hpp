// Gives the recommender a past: reads what Prometheus remembers of every workload's containers and
// feeds it in order of time, before the agent begins with the present. Small queries, a few at a
// time: one namespace and some hours each.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "messages/recommender.hpp"
#include "runtime/kube/kubeconfig.hpp"

namespace caf {
class actor_system;
}
namespace boost::asio {
class io_context;
}
namespace prometheus {
class Registry;
}

namespace scaleops::history {

struct backfill_config {
  kube::base_url prometheus;
  milliseconds span = std::chrono::hours{48};
  milliseconds step = std::chrono::minutes{5};
  size_t steps_a_query = 72;  // 6 h of 5 min
  size_t namespaces_at_once = 4;
  double queries_a_second = 40;
  instant now{};
};

struct backfill_result {
  size_t workloads = 0;  // that have got a past
  size_t samples = 0;
  size_t queries = 0, failed = 0;
  size_t unknown_pods = 0;  // of which nobody knows whose they were
  std::string problem;      // the first failure, one line
};

class backfill {
public:
  /// `done` is called once, on the io_context's thread.
  backfill(caf::actor_system& sys, boost::asio::io_context& io, backfill_config config,
           kube_actor kube, recommender_actor recommender,
           std::shared_ptr<prometheus::Registry> registry,
           std::function<void(const backfill_result&)> done);
  /// Gives up what is left to do; poll the io_context once more afterwards.
  ~backfill();

  /// So far.
  const backfill_result& result() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::history
