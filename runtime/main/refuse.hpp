// How a command ends that cannot do what it was asked for: one line on standard error.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace scaleops {

/// Gives the exit code back: 2, the request itself is wrong, unless another is told.
inline int refuse(std::string_view command, const std::string& line, int code = 2) {
  std::fflush(stdout);
  std::fprintf(stderr, "scaleops %.*s: %s\n", int(command.size()), command.data(), line.c_str());
  return code;
}

}  // namespace scaleops
