// How an embedded cluster behaves. Defaults are those of Kubernetes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "messages/entropy.hpp"
#include "messages/kube.hpp"
#include "runtime/embedded/object_store.hpp"

namespace scaleops::embedded {

/// Who may do what, for SubjectAccessReview. "*" matches all.
struct access_role {
  std::string subject;  // user or group name
  std::string verb;
  std::string group;
  std::string resource;
  std::string ns;
};

struct embedded_config {
  uint64_t seed = 1;
  instant start{};  // when the cluster begins to be observed: all its pods run by then
  milliseconds settle = std::chrono::minutes{5};  // the time before that in which they were started

  milliseconds step = std::chrono::seconds{15};  // usage, throttling and OOM are computed so often
  history_limits history;
  milliseconds bookmark_every = std::chrono::minutes{1};  // to watches that are idle

  milliseconds pod_start =
    std::chrono::milliseconds{1500};  // sandbox and image, cached: until containers start
  milliseconds resize_sync = std::chrono::milliseconds{200};
  milliseconds resize_actuation = std::chrono::milliseconds{700};
  milliseconds resize_retry = std::chrono::seconds{30};  // deferred and failed ones
  bool refuse_infeasible =
    true;  // as from 1.36: 403; false: accepted and marked by the condition, as until 1.35

  milliseconds crash_backoff = std::chrono::seconds{10};
  milliseconds crash_backoff_max = std::chrono::minutes{5};
  milliseconds node_lost_after = std::chrono::seconds{40};
  milliseconds evict_after = std::chrono::minutes{5};  // tolerance of a lost node
  milliseconds grace = std::chrono::seconds{30};

  milliseconds autoscale_period = std::chrono::seconds{15};
  double autoscale_tolerance = 0.1;
  milliseconds scale_down_stabilisation = std::chrono::minutes{5};

  milliseconds event_ttl = std::chrono::hours{1};
  milliseconds webhook_timeout = std::chrono::seconds{2};
  size_t revision_history = 2;  // old ReplicaSets that are kept

  std::map<std::string, user_info> tokens;
  std::vector<access_role> roles;
};

/// The same, with some of its values at their extremes: what the simulation draws from its seed.
embedded_config hostile(embedded_config config, entropy& dice);

}  // namespace scaleops::embedded
