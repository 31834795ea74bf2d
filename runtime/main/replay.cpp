// scaleops replay: recorded usage in, the recommender's decisions and their score out.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "runtime/main/commands.hpp"
#include "runtime/main/output_file.hpp"
#include "runtime/main/progress_line.hpp"
#include "runtime/main/refuse.hpp"
#include "runtime/policy/policy_source.hpp"
#include "runtime/replay/replay.hpp"

namespace scaleops {

namespace {

struct closer {
  void operator()(std::FILE* file) const {
    if (file != stdout)
      std::fclose(file);
  }
};

std::string bar(double share) {
  constexpr int width = 40;
  int full = int(share * width);
  return fmt::format("[{:#<{}}{:.<{}}] {:.0f} %", "", full, "", width - full, share * 100);
}

}  // namespace

int run_replay(const replay_options& options) {
  replay_plan plan;
  std::string problem;
  if (!read_policy(options.policy, plan.policy, problem))
    return refuse("replay", "--policy: " + problem);
  if (options.aggressiveness)
    plan.policy.aggressiveness = *options.aggressiveness;
  plan.traces = options.traces;
  plan.cost = options.apply == apply_mode::restart ? change_cost::restart : change_cost::in_place;
  plan.warm = options.warm;
  plan.checkpoint = options.checkpoint;
  bool printed = options.decisions.empty() || options.decisions == "-";
  if (printed && options.json == "-")
    return refuse("replay", "--json: the decisions go to standard output; give --decisions FILE");
  std::unique_ptr<std::FILE, closer> decisions{
    printed ? stdout : std::fopen(options.decisions.c_str(), "w")};
  if (!decisions)
    return refuse("replay",
                  fmt::format("--decisions: {}: {}", options.decisions, std::strerror(errno)));
  plan.decisions = decisions.get();
  progress_line line;
  plan.progress = [&](double share) { line.show(bar(share)); };

  replay_summary summary;
  bool done = replay(plan, summary, problem);
  line.clear();
  if (!done)
    return refuse("replay", problem);
  if (summary.series == 0)
    return refuse("replay", fmt::format("{} holds no series", fmt::join(options.traces, ", ")));
  if (options.json.empty()) {
    std::fputs(to_text(summary).c_str(), stderr);
    return 0;
  }
  return write_file(options.json, to_json(summary))
           ? 0
           : refuse("replay", fmt::format("--json: {} cannot be written", options.json));
}

}  // namespace scaleops
