// Dashboards: follows the cluster and the platform, answers the JSON API and tells open browsers
// what happens. HTTP is runtime/http's business: requests come as api_request messages.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "actors/dashboards/logic/access.hpp"
#include "actors/dashboards/logic/pricing.hpp"
#include "messages/dashboards.hpp"
#include "messages/recommender.hpp"
#include "messages/updater.hpp"

namespace scaleops {

struct dashboards_config {
  dashboards::logic::access_rules access;
  dashboards::logic::price_list prices;
  std::string session_secret;  // 32 bytes or more that nobody can guess; all replicas share it
  milliseconds session_length = std::chrono::hours{12};
  bool secure_cookies =
    false;  // set when people come over TLS: cookies are then never sent in the clear
  std::string one_time_token;  // signs in once as `one_time_user`; empty: none
  user_info one_time_user;
  std::map<std::string, policy_spec>
    policies;              // built in; a Policy object of the same name replaces one
  bool read_only = false;  // every change is refused, whatever the role

  milliseconds sample_period =
    std::chrono::minutes{1};    // one reading of all nodes' usage, one point in the charts
  size_t readings_at_once = 8;  // nodes asked at the same time
  milliseconds poll_period = std::chrono::seconds{2};     // of the updater's log
  milliseconds status_period = std::chrono::seconds{15};  // of the components
  milliseconds request_timeout = std::chrono::seconds{10};
  milliseconds risk_timeout =
    std::chrono::seconds{2};   // a workload is shown without its risk after so long
  size_t writes_at_once = 16;  // of a bulk change
  milliseconds token_memory =
    std::chrono::minutes{1};  // an accepted bearer token is not asked for again
};

/// Other components in the same process; all may be missing, then their objects tell what there is
/// to know.
struct dashboards_peers {
  updater_actor updater;
  std::vector<component_actor> components;
  recommender_actor recommender;
};

dashboards_actor spawn_dashboards(caf::actor_system& sys, dashboards_config cfg, component_env env,
                                  dashboards_peers peers = {});

}  // namespace scaleops
