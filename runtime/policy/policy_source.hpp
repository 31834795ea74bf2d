// A policy as people name it on a command line: a built-in's name, or a Policy document in a file.
#pragma once

#include <string>

#include "messages/policy.hpp"

namespace scaleops {

/// What ends in .yaml, .yml or .json, or has a slash in it, is a file; all else is the name of a
/// built-in policy. On failure `problem` is one line that names the cause and, for names, the
/// nearest right one.
bool read_policy(const std::string& name_or_file, policy_spec& out, std::string& problem);

}  // namespace scaleops
