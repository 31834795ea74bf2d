// bench: what the platform costs, from one run. Exit code 0 when all goals are met, 1 when one is
// missed, 2 when it cannot be measured.
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "integration/bench/platform_bench.hpp"
#include "integration/bench/pods_bench.hpp"
#include "integration/bench/report.hpp"
#include "integration/bench/vpa_bench.hpp"

using namespace scaleops::bench;

namespace {

struct wishes {
  bool skip_platform = false;
  vpa_wishes vpa;
  pods_wishes pods;
  platform_size large;
  platform_load load;
  platform_limits limits;
  bool no_goals = false;
  std::string json;
};

void say(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

std::vector<goal> bench_platform(const wishes& with, nlohmann::json& out) {
  platform_size tenth{std::max<size_t>(1, with.large.workloads / 10),
                      std::max<size_t>(2, with.large.containers / 10)};
  auto small = measure_platform(tenth, with.load);
  say(table_of(small) + "\n");
  auto large = measure_platform(with.large, with.load);
  say(table_of(large) + "\n" + growth_of(small, large) + "\n");
  out["platform"] = {to_json(small), to_json(large)};
  return judge(small, large, with.limits);
}

void bench_vpa(const wishes& with, nlohmann::json& out, std::vector<goal>& goals) {
  if (with.vpa.vpa.empty()) {
    say("beside the VPA's own code: not measured (no --vpa)\n\n");
    return;
  }
  auto all = compare_with_vpa(with.vpa);
  say(table_of(all, with.vpa) + "\n");
  out["vpa"] = to_json(all);
  for (auto& one : all)
    goals.push_back({one.name + " beside the VPA", one.ratio(), one.least, "x", true});
}

void bench_pods(const wishes& with, nlohmann::json& out, std::vector<goal>& goals) {
  if (with.pods.program.empty()) {
    say("beside client-go: not measured (no --pods)\n\n");
    return;
  }
  auto all = compare_with_client_go(with.pods);
  say(table_of(all, with.pods) + "\n");
  out["pods"] = to_json(all);
  for (auto& one : all)
    goals.push_back({one.name + " beside client-go", one.ratio(), one.least, "x", true});
}

int run(const wishes& with) {
  nlohmann::json out;
  std::vector<goal> goals;
  if (!with.skip_platform)
    goals = bench_platform(with, out);
  bench_vpa(with, out, goals);
  bench_pods(with, out, goals);
  int missed = 0;
  if (!with.no_goals) {
    say(table_of(goals));
    for (auto& one : goals)
      out["goals"].push_back(
        {{"name", one.name}, {"is", one.is}, {"bound", one.bound}, {"met", one.met()}});
    missed = complain(goals);
  }
  if (!with.json.empty()) {
    std::ofstream file(with.json);
    file << out.dump(2) << '\n';
    if (!file.flush())
      throw std::runtime_error(with.json + ": cannot be written");
  }
  return missed > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  wishes with;
  CLI::App app{
    "What the platform costs: CPU and memory of each component on an embedded cluster, at a tenth "
    "of the "
    "size and at the size; and our recommender beside the VPA's."};
  app.add_option("--workloads", with.large.workloads, "Deployments of the large size")
    ->capture_default_str();
  app.add_option("--containers", with.large.containers, "Their containers, two a pod")
    ->capture_default_str();
  app.add_option("--minutes", with.load.minutes, "Simulated minutes that are measured")
    ->capture_default_str();
  app.add_option("--warm", with.load.warm_minutes, "Simulated minutes before that")
    ->capture_default_str();
  app.add_option("--history", with.load.history_hours, "Hours that the recommender has learned")
    ->capture_default_str();
  app.add_option("--churn", with.load.churn, "Share of the pods that is replaced a minute")
    ->capture_default_str();
  app.add_option("--most-cores", with.limits.cores, "Goal: CPU of the platform")
    ->capture_default_str();
  app.add_option("--most-mib", with.limits.memory_mib, "Goal: memory of the platform, MiB")
    ->capture_default_str();
  app.add_flag("--skip-platform", with.skip_platform, "Leave the platform out");
  app.add_option("--vpa", with.vpa.vpa, "Program of integration/bench/vpa: compare with it");
  app.add_option("--vpa-replay", with.vpa.vpa_replay, "The VPA's replay: compare with it as well");
  app.add_option("--trace", with.vpa.trace, "Recorded usage for the replays");
  app.add_option("--vpa-containers", with.vpa.containers, "Made-up containers")
    ->capture_default_str();
  app.add_option("--vpa-samples", with.vpa.samples, "Of each container")->capture_default_str();
  app.add_option("--rounds", with.vpa.rounds, "Of ours and theirs in turn")->capture_default_str();
  app.add_option("--pods", with.pods.program,
                 "Program of integration/bench/pods: compare with client-go");
  app.add_option("--pods-count", with.pods.pods, "Made-up pods")->capture_default_str();
  app.add_flag("--no-goals", with.no_goals, "Print figures, judge nothing");
  app.add_option("--json", with.json, "Write all figures to this file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    int code = app.exit(problem);
    return code == 0 ? 0 : 2;
  }
  spdlog::set_level(spdlog::level::warn);
  try {
    return run(with);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench: %s\n", problem.what());
    return 2;
  }
}
