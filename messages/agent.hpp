// The agent: sees pods, owners and nodes, scrapes usage, and tells the recommender.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "messages/component.hpp"
#include "messages/facts.hpp"

namespace scaleops {

/// A workload exists (or has changed): the recommender starts an actor for it and recommends at
/// once.
struct workload_seen {
  workload_facts_ptr facts;
};
/// The workload is gone, its learned state may be dropped after its retention.
struct workload_gone {
  workload_ref ref;
};

/// One workload's samples and kills since the last batch.
struct workload_usage {
  workload_facts_ptr workload;
  std::vector<container_usage> samples;
  std::vector<container_kill> kills;
};

/// Acknowledged feed: the agent has at most one batch under way and keeps it until the ack, or
/// sends it again. `agent` and `seq` let the receiver drop repetitions.
struct usage_batch {
  uint64_t agent = 0;  // drawn at the agent's start
  uint64_t seq = 0;    // rises by one
  std::shared_ptr<const std::vector<workload_usage>> usage;
};
struct usage_ack {
  uint64_t agent = 0;
  uint64_t seq = 0;
};

using agent_actor = component_actor;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::workload_seen)
SCALEOPS_LOCAL_MESSAGE(scaleops::workload_gone)
SCALEOPS_LOCAL_MESSAGE(scaleops::usage_batch)
SCALEOPS_LOCAL_MESSAGE(scaleops::usage_ack)
