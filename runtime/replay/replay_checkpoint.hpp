// What `scaleops replay --checkpoint` keeps between runs: each series' learned state and the
// requests in force.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "actors/recommender/logic/container_state.hpp"

namespace scaleops {

struct replayed_series {
  container_state state;
  uint32_t first_s = 0;        // Unix seconds of its first sample ever
  int64_t cpu_request = 0;     // millicores; 0: none yet
  int64_t memory_request = 0;  // bytes; 0: none yet
};
using replay_states = std::map<std::string, replayed_series, std::less<>>;

/// False with one line that names the file and the cause. A file that is not there is an empty
/// start.
bool read_replay_checkpoint(const std::string& path, replay_states& out, std::string& problem);
/// Writes beside the file and renames, so that a crash leaves the old one.
bool write_replay_checkpoint(const std::string& path, const replay_states& states,
                             std::string& problem);

}  // namespace scaleops
