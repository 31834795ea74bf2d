// scaleops up --kubeconfig: the whole platform beside a real cluster, looking only.
#include <cstdio>

#include <fmt/format.h>

#include "runtime/kube/kubeconfig.hpp"
#include "runtime/main/commands.hpp"
#include "runtime/main/output_file.hpp"
#include "runtime/main/refuse.hpp"
#include "runtime/policy/policy_source.hpp"
#include "runtime/secret/secret.hpp"
#include "runtime/up/live_session.hpp"

namespace scaleops {

int run_up_live(const up_options& options) {
  if (!options.traces.empty())
    return refuse("up", "--traces drive the embedded cluster; leave them out with --kubeconfig");
  live_session::settings with;
  with.seed = options.seed;
  with.scrape_interval = options.scrape_interval;
  std::string problem;
  if (options.policy != "production") {
    policy_spec wanted;
    if (!read_policy(options.policy, wanted, problem))
      return refuse("up", "--policy: " + problem);
    with.policy = wanted;
  }
  if (!can_write(options.report))
    return refuse("up", fmt::format("--report: {} cannot be written", options.report));
  auto loaded = kube::load_kubeconfig(options.kubeconfig, options.context);
  if (!loaded.access)
    return refuse("up", loaded.problem);
  for (auto& warning : loaded.warnings)
    std::fprintf(stderr, "scaleops up: WARNING: %s\n", warning.c_str());
  with.access = *loaded.access;
  with.history = options.history;
  if (!options.prometheus.empty()) {
    with.prometheus = kube::parse_url(options.prometheus);
    if (!with.prometheus)
      return refuse("up", fmt::format("--prometheus: \"{}\" is no http or https address",
                                      options.prometheus.substr(0, 80)));
  }
  bool headless = options.run_for.has_value();
  if (!headless) {
    with.sign_in_token = random_hex(16);
    with.session_secret = random_hex(32);
  }

  live_session session{with};
  if (auto failure = session.connect(); !failure.empty())
    return refuse("up", failure, 1);
  fmt::print("ScaleOps looks at {} ({}, {}) and changes nothing in it.\n", with.access.name,
             with.access.server.to_string(), session.version());
  std::fflush(stdout);
  session.start();
  if (auto& past = session.past()) {
    fmt::print("Learned from {} samples of the last {} of {} workloads.\n", past->samples,
               format_duration(with.history), past->workloads);
    if (!past->problem.empty())
      refuse("up", "--prometheus: " + past->problem);
  }
  if (!headless) {
    if (auto failure = session.listen(options.listen); !failure.empty())
      return refuse("up", "--listen: " + failure);
    fmt::print("\n  Dashboard    {}/#token={}\n  Metrics      {}/metrics\n\nCtrl-C ends it.\n",
               session.url(), with.sign_in_token, session.url());
  }
  std::fflush(stdout);
  bool complete = session.run(options.run_for.value_or(std::chrono::hours{24} * 3650));
  auto report = session.report();
  fmt::print("{}", report_text(report));
  if (!options.report.empty() && !write_file(options.report, report_json(report)))
    return refuse("up", fmt::format("--report: {} could not be written", options.report), 1);
  return complete || !headless ? 0 : 130;
}

}  // namespace scaleops
