// Agent: sees pods, owners and nodes, finds new workloads and OOM kills, scrapes usage and feeds
// the recommender.
#pragma once

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "messages/agent.hpp"
#include "messages/recommender.hpp"

namespace scaleops {

struct agent_config {
  milliseconds scrape_interval =
    std::chrono::seconds{15};  // of each node; nodes are staggered over it
  milliseconds scrape_timeout = std::chrono::seconds{10};
  milliseconds oldest_sample = std::chrono::minutes{5};
  milliseconds batch_timeout = std::chrono::seconds{30};  // then the batch is sent again
  size_t batch_most = 200'000;  // samples kept while the recommender does not answer
  milliseconds lease_duration = std::chrono::seconds{15};
  milliseconds lease_renew = std::chrono::seconds{5};
  milliseconds bookmark_patience =
    std::chrono::minutes{5};  // a watch that is silent for so long is opened anew
};

agent_actor spawn_agent(caf::actor_system& sys, agent_config cfg, component_env env,
                        recommender_actor recommender);

}  // namespace scaleops
