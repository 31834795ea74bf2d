// What each subcommand does, once its options are known. Each gives the process's exit code: 0
// done, 1 failed, 2 the request itself is wrong.
#pragma once

#include "runtime/config/options.hpp"

namespace scaleops {

int run_up(const up_options& options);
int run_up_live(const up_options& options);  // on a real cluster
int run_replay(const replay_options& options);
int run_explain(const explain_options& options);
int run_component(const component_options& options);
int run_version();

}  // namespace scaleops
