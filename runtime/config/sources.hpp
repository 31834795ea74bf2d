// Where settings come from besides the command line.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/config/commands.hpp"
#include "runtime/config/option.hpp"

namespace scaleops::config {

using environment = std::map<std::string, std::string>;

/// "SCALEOPS_UP_SCRAPE_INTERVAL"; without a command "SCALEOPS_SCRAPE_INTERVAL".
std::string variable_name(const std::string& command, const std::string& option);

/// The command's settings in the environment: SCALEOPS_<COMMAND>_<OPTION> before SCALEOPS_<OPTION>.
/// Several values are separated by commas. An empty variable counts as not set.
std::vector<setting> settings_of_environment(const command& of, const environment& env);

/// Variables that are no option but look like a mistyped one of this command, each as a line for
/// people.
std::vector<std::string> doubtful_variables(const command& of, const environment& env);

/// The command's settings in a YAML file. At the top stand options for every command that has them,
/// and one mapping a command for its own, which goes first. Throws usage_error with file and line
/// for what is no option of any command, a key given twice, or a value of the wrong shape.
std::vector<setting> settings_of_file(const command& of,
                                      const std::vector<std::unique_ptr<entry>>& all,
                                      const std::string& path);

}  // namespace scaleops::config
