// How answers become checks, and checks the gate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops {

/// What a component said of itself, or why it did not.
struct component_answer {
  std::string name;
  bool answered = false;
  bool ready = false;
  std::string detail;
};
health_check judge_component(const component_answer& answer, instant now);

/// Samples seen by the agent at two rounds.
health_check judge_usage(uint64_t before, uint64_t after, milliseconds silent_for,
                         milliseconds allowed, instant now);

/// `stale` of `all` granted recommendations are older than they should be.
health_check judge_freshness(size_t stale, size_t all, instant now);

/// Disruptions are allowed while everything that protects running pods works: the API server, the
/// webhook, admissions, agent and recommender. Dashboards may be down, and a young cluster's
/// warnings do not close it.
bool gate_open(const std::vector<health_check>& checks);

}  // namespace scaleops
