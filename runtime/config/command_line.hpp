// The command line alone, split into settings. Its own file because CLI11 is costly to compile.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/config/commands.hpp"

namespace scaleops::config {

struct command_line {
  entry* chosen = nullptr;  // null: no subcommand given
  bool help = false;
  std::vector<setting> settings;
};

/// The command's entry, or usage_error with the nearest name.
entry& entry_named(const std::string& name, const std::vector<std::unique_ptr<entry>>& all);

/// Throws usage_error for an unknown command, an unknown option, or an option without its value.
command_line read_command_line(const std::vector<std::string>& args,
                               const std::vector<std::unique_ptr<entry>>& all);

}  // namespace scaleops::config
