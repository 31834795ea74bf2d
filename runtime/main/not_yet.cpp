// Commands that are described but not there yet: each says so. A line goes when its command comes.
#include <cstdio>

#include "runtime/main/commands.hpp"

namespace scaleops {

namespace {

int refuse(const char* name) {
  std::fprintf(stderr, "scaleops %s: not in this version yet\n", name);
  return 2;
}

}  // namespace

int run_replay(const replay_options&) {
  return refuse("replay");
}

}  // namespace scaleops
