// scaleops up: the whole platform on an embedded cluster, in one process.
#include <csignal>
#include <cstdio>

#include <fmt/format.h>

#include "runtime/main/commands.hpp"
#include "runtime/main/output_file.hpp"
#include "runtime/main/progress_line.hpp"
#include "runtime/main/refuse.hpp"
#include "runtime/policy/policy_source.hpp"
#include "runtime/secret/secret.hpp"
#include "runtime/up/session.hpp"

namespace scaleops {

namespace {

std::string summary(up_session& session) {
  auto now = measure_requests(session.cluster(), session.granted());
  auto& truth = session.cluster().statistics();
  return fmt::format(
    "{}  requested {:.1f} cores, {:.1f} GiB; {} resizes, {} evictions, {} OOM kills",
    format_rfc3339(session.cluster().now()), now.cpu_cores,
    now.memory_bytes / (1024.0 * 1024 * 1024), truth.resizes_done, truth.evictions,
    truth.oom_container_limit);
}

/// Runs in slices, so that progress is seen; true when the time is up.
bool run_with_progress(up_session& session, std::optional<milliseconds> span) {
  progress_line line;
  auto left = span.value_or(milliseconds::max());
  while (left.count() > 0) {
    auto slice = std::min<milliseconds>(left, std::chrono::hours{1});
    if (!session.run(slice))
      return false;
    left -= slice;
    line.show(summary(session));
  }
  return true;
}

}  // namespace

int run_up(const up_options& options) {
  if (!options.kubeconfig.empty() || !options.context.empty())
    return run_up_live(options);
  if (!options.prometheus.empty())
    return refuse("up", "--prometheus goes with --kubeconfig: the embedded cluster has no past");
  // Everything that can be wrong is found before anything is started.
  up_session::settings with;
  with.seed = options.seed;
  with.speed = options.speed.as_fast_as_possible ? 0 : options.speed.factor;
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
  cluster_choice choice;
  if (!choose_cluster({options.traces, options.seed, options.workloads, options.nodes, with.begin},
                      choice, problem))
    return refuse("up", "--traces: " + problem);
  auto description = choice.description;
  bool headless = options.run_for.has_value();
  if (!headless) {
    with.sign_in_token = random_hex(16);
    with.session_secret = random_hex(32);
  }

  up_session session{with, std::move(choice)};
  if (!headless) {
    if (auto failure = session.listen(options.listen); !failure.empty())
      return refuse("up", "--listen: " + failure);
    fmt::print("ScaleOps runs {}.\n\n  Dashboard    {}/#token={}\n  Metrics      {}/metrics\n\n",
               description, session.url(), with.sign_in_token, session.url());
    fmt::print("One hour passes in {:.0f} s. Ctrl-C ends it.\n",
               with.speed > 0 ? 3600 / with.speed : 0.0);
    std::fflush(stdout);
  } else {
    fmt::print("ScaleOps runs {} for {}.\n", description, format_duration(*options.run_for));
    std::fflush(stdout);
  }
  bool complete = run_with_progress(session, options.run_for);
  auto report = session.report();
  fmt::print("{}", report_text(report));
  if (!options.report.empty() && !write_file(options.report, report_json(report))) {
    std::fprintf(stderr, "scaleops up: --report: %s could not be written\n",
                 options.report.c_str());
    return 1;
  }
  return complete || !headless ? 0 : 130;
}

}  // namespace scaleops
