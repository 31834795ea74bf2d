// The one executable: reads the options, hands them to the subcommand.
#include <cstdio>
#include <exception>

#include "runtime/config/parse.hpp"
#include "runtime/log/log.hpp"
#include "runtime/main/commands.hpp"

namespace {

using namespace scaleops;

struct runner {
  int operator()(const up_options& options) const { return logged(options, run_up); }
  int operator()(const replay_options& options) const { return logged(options, run_replay); }
  int operator()(const explain_options& options) const { return logged(options, run_explain); }
  int operator()(const component_options& options) const { return logged(options, run_component); }
  int operator()(const version_options&) const { return run_version(); }
  int operator()(const help_options&) const { return 0; }  // answered while parsing

  template <class Options>
  static int logged(const Options& options, int (*run)(const Options&)) {
    set_up_log(options.log);
    return run(options);
  }
};

}  // namespace

int main(int argc, char** argv) {
  try {
    auto given = config::parse({argv + 1, argv + argc}, config::process_environment());
    for (auto& line : given.warnings)
      std::fprintf(stderr, "%s\n", line.c_str());
    if (auto* answer = std::get_if<config::answer>(&given.result)) {
      std::fputs(answer->text.c_str(), answer->code == 0 ? stdout : stderr);
      return answer->code;
    }
    return std::visit(runner{}, std::get<config::invocation>(given.result));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "scaleops: %s\n", e.what());
    return 1;
  }
}
