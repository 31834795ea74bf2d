// Driver: runs scenarios and seeds, in this process or several, and says which failed.
#pragma once

#include <string>
#include <vector>

#include "integration/sim/scenarios/scenario.hpp"

namespace scaleops::sim {

inline constexpr std::string_view mix_name = "mix";

struct run_order {
  std::string scenario = std::string(mix_name);
  uint64_t seed = 1;
  milliseconds length = std::chrono::hours{24};  // of the mix
  bool verbose = false;
};

/// What happened in a run, so that nobody takes a quiet one for a good one.
struct run_deeds {
  uint64_t resizes = 0, evictions = 0, patched = 0, ooms = 0;
  uint64_t spoiled = 0;  // requests to the API
};

struct run_result {
  uint64_t seed = 0;
  uint64_t digest = 0;
  uint64_t steps = 0;
  double cpu_seconds = 0;
  run_deeds did;
  std::vector<violation> violations;
};

/// One run of a scenario from its beginning to its end; the order's name is not looked at.
run_result run_scenario(scenario& what, const run_order& order);
/// As above; the order's scenario must be known.
run_result run_one(const run_order& order);

/// As `run_one` for each seed, spread over so many processes. Prints failures as they come, each
/// with the command that replays it. True when there was none.
bool run_seeds(const run_order& order, const std::vector<uint64_t>& seeds, int processes,
               std::vector<run_result>& results);

/// The command line that replays a run.
std::string replay_command(const std::string& scenario, uint64_t seed, milliseconds length);

}  // namespace scaleops::sim
