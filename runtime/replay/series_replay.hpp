// One recorded series played through the recommender, in a closed loop. Pure: no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops {

/// Plays samples in time order. Memory is a closed loop: limit = request, and demand above it is
/// seen as usage at the limit plus one OOM event, in that order; the decision may change at once
/// and is in force from the next sample on.
class series_replay {
public:
  series_replay(const policy_spec& policy, change_cost cost, milliseconds warm);

  /// A new container, or one that goes on from a checkpoint.
  void start(int64_t at_s);
  void resume(container_state state, uint32_t first_s, int64_t cpu_request, int64_t memory_request);

  /// Takes a sample (cores, bytes). True when a request changed.
  bool step(int64_t at_s, std::optional<double> cpu_cores, std::optional<double> memory_bytes);

  const container_state& state() const { return state_; }
  uint32_t first_s() const { return first_s_; }
  int64_t cpu_request() const { return cpu_; }        // millicores; 0: none yet
  int64_t memory_request() const { return memory_; }  // bytes; 0: none yet
  bool warm(int64_t at_s) const { return at_s - int64_t(first_s_) >= warm_s_; }
  bool killed() const { return killed_; }  // by the last sample

private:
  void decide(instant at);

  const policy_spec& policy_;
  sizing_facts facts_;
  cpu_question question_;
  memory_question memory_question_;
  int64_t warm_s_;
  std::array<container_input, 1> input_;
  std::vector<container_recommendation> out_;
  container_state state_;
  uint32_t first_s_ = 0;
  int64_t cpu_ = 0, memory_ = 0;
  bool killed_ = false;
};

}  // namespace scaleops
