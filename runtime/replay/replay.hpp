// Recorded usage in, decisions and their score out: traces played through the recommender's own
// code as a stream, one series at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "actors/recommender/logic/recommend.hpp"
#include "runtime/replay/replay_checkpoint.hpp"
#include "runtime/replay/replay_score.hpp"

namespace scaleops {

struct replay_plan {
  std::vector<std::string> traces;
  policy_spec policy;
  change_cost cost = change_cost::in_place;
  milliseconds warm{};             // of each series that is only learned from
  std::string checkpoint;          // file; empty: none
  std::FILE* decisions = nullptr;  // rows series,timestamp_s,cpu_cores,memory_bytes; null: none
  /// Called about once in 65,536 samples with the share of the input that is done, 0 to 1.
  std::function<void(double)> progress;
};

struct replay_summary {
  resource_score cpu;     // in cores
  resource_score memory;  // in bytes
  uint64_t series = 0;
  uint64_t samples = 0;
  uint64_t skipped = 0;  // already known from the checkpoint
  uint64_t decisions = 0;
};

/// False with one line that names file, line and cause.
bool replay(const replay_plan& plan, replay_summary& out, std::string& problem);

std::string to_text(const replay_summary& summary);
std::string to_json(const replay_summary& summary);

}  // namespace scaleops
