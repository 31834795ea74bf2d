// The table of all subcommands and their options.
#pragma once

#include <memory>
#include <variant>
#include <vector>

#include "runtime/config/option.hpp"
#include "runtime/config/options.hpp"

namespace scaleops::config {

/// A subcommand's options, filled in.
using invocation = std::variant<up_options, replay_options, explain_options, component_options,
                                version_options, help_options>;

/// A subcommand whose options point into this struct; hence not copied or moved.
struct entry {
  explicit entry(invocation initial) : values{std::move(initial)} {}
  entry(const entry&) = delete;
  entry& operator=(const entry&) = delete;

  invocation values;
  std::string config_file;
  command description;
};

/// All subcommands, in the order in which the help names them, with fresh defaults.
std::vector<std::unique_ptr<entry>> all_commands();

}  // namespace scaleops::config
