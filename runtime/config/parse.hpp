// From what a person gave to a subcommand's options: flag before environment before file before
// default.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "runtime/config/commands.hpp"
#include "runtime/config/sources.hpp"

namespace scaleops::config {

/// Nothing is to be run: help was asked for (code 0), or something is wrong (code 2, one line).
struct answer {
  int code = 0;
  std::string text;  // for standard output when the code is 0, for standard error otherwise
};

struct parsed {
  std::variant<invocation, answer> result;
  std::vector<std::string> warnings;  // lines for standard error
};

/// `args` without the program's name.
parsed parse(const std::vector<std::string>& args, const environment& env);

/// The process's environment.
environment process_environment();

}  // namespace scaleops::config
