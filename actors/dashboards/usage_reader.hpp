// Usage reader: asks all nodes for their containers' counters, a few at a time.
#pragma once

#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include "messages/kube.hpp"

namespace scaleops::dashboards {

struct read_usage {
  std::vector<std::string> nodes;
};
struct usage_round {
  std::vector<node_metrics_ptr> readings;
  size_t failed = 0;  // nodes that did not answer
};

/// One round at a time; the answer comes when every node has answered or failed.
using usage_reader_actor = caf::typed_actor<caf::replies_to<read_usage>::with<usage_round>>;

struct usage_reader_config {
  size_t at_once = 8;
  milliseconds request_timeout = std::chrono::seconds{10};
};

/// Linked to its parent.
usage_reader_actor spawn_usage_reader(caf::local_actor* parent, usage_reader_config cfg,
                                      kube_actor kube);

}  // namespace scaleops::dashboards

SCALEOPS_LOCAL_MESSAGE(scaleops::dashboards::read_usage)
SCALEOPS_LOCAL_MESSAGE(scaleops::dashboards::usage_round)
