// Runs a piece of work in a process of its own and gives back what it says.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace scaleops::bench {

/// Calls `work` in a forked process and returns its text. Throws std::runtime_error when the
/// process fails. The caller must have one thread only.
std::string run_isolated(const std::function<std::string()>& work);

struct program_run {
  std::string text;    // its standard output
  double seconds = 0;  // from its start to its end
};

/// What happens to a program's standard error.
enum class complaints { shown, dropped };

/// Runs a program to its end. Throws std::runtime_error when it cannot be started or ends with
/// another code than 0.
program_run run_program(const std::string& program, const std::vector<std::string>& arguments,
                        complaints errors = complaints::shown);

}  // namespace scaleops::bench
