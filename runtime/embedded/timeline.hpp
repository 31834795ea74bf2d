// What will happen next in the cluster, in order of time and, at the same time, of scheduling.
#pragma once

#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "messages/time.hpp"

namespace scaleops::embedded {

enum class deed : uint8_t {
  step_nodes,  // run the usage curves on all nodes
  start_pod,   // sandbox and images are there: containers start
  pod_ready,
  restart_container,
  finish_pod,      // a job's run ends
  remove_pod,      // grace is over
  sync_resize,     // the kubelet looks at a resized pod
  actuate_resize,  // the runtime applies it
  retry_schedule,
  retry_owner,  // controller back-off is over
  autoscale,
  run_cron,
  node_lost,        // no heartbeat for too long
  evict_from_node,  // tolerance of a lost node is over
  housekeeping,     // history, events, failed pods, bookmarks
};

struct due {
  instant at{};
  uint64_t order = 0;
  deed what = deed::housekeeping;
  uint32_t row = 0;     // of the pod, node or owner
  uint32_t serial = 0;  // of the row when this was planned: a reused row makes the deed void
};

class timeline {
public:
  void plan(instant at, deed what, uint32_t row = 0, uint32_t serial = 0) {
    queue_.push({at, ++planned_, what, row, serial});
  }
  std::optional<instant> next() const {
    return queue_.empty() ? std::nullopt : std::optional{queue_.top().at};
  }
  due take() {
    auto first = queue_.top();
    queue_.pop();
    return first;
  }

private:
  struct later {
    bool operator()(const due& a, const due& b) const {
      return a.at != b.at ? a.at > b.at : a.order > b.order;
    }
  };
  std::priority_queue<due, std::vector<due>, later> queue_;
  uint64_t planned_ = 0;
};

}  // namespace scaleops::embedded
