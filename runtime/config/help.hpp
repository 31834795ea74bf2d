// The option reference, for the terminal and as docs/configuration.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/config/commands.hpp"

namespace scaleops::config {

/// All commands in a line each.
std::string overview(const std::vector<std::unique_ptr<entry>>& all);

/// One command with its options.
std::string help_of(const command& of);

/// docs/configuration.md.
std::string reference(const std::vector<std::unique_ptr<entry>>& all);

}  // namespace scaleops::config
