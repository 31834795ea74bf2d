#include "integration/sim/driver.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <sstream>

#include <fmt/format.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "integration/sim/scenarios/mix.hpp"

namespace scaleops::sim {

namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// No component may log an error: what is expected to fail is a warning.
class error_watch final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
public:
  std::function<void(const std::string&)> error;
  std::function<void(const std::string&)> any;

protected:
  void sink_it_(const spdlog::details::log_msg& line) override {
    std::string text(line.payload.data(), line.payload.size());
    if (line.level >= spdlog::level::err && error)
      error(text);
    if (any)
      any(text);
  }
  void flush_() override {}
};

std::unique_ptr<scenario> make_scenario(const run_order& order) {
  if (order.scenario == mix_name)
    return std::make_unique<mix>(order.length);
  for (auto& one : all_scenarios())
    if (one.name == order.scenario)
      return one.make();
  return nullptr;
}

void show(const std::string& scenario, const run_result& result, milliseconds length) {
  for (auto& one : result.violations)
    fmt::print("FAILED {} seed {} at {}: {}: {}\n", scenario, result.seed, format_rfc3339(one.at),
               one.judge, one.text);
  if (!result.violations.empty())
    fmt::print("  replay: {}\n", replay_command(scenario, result.seed, length));
  std::fflush(stdout);
}

// ---- several processes: each writes its results as lines into a pipe ----

std::string to_line(const run_result& r) {
  auto& d = r.did;
  std::string out =
    fmt::format("{} {} {} {} {} {} {} {} {} {}\n", r.seed, r.digest, r.steps, r.cpu_seconds,
                d.resizes, d.evictions, d.patched, d.ooms, d.spoiled, r.violations.size());
  for (auto& v : r.violations)
    out += fmt::format("{}\t{}\t{}\n", v.judge, v.at.time_since_epoch().count(), v.text);
  return out;
}

bool read_results(std::istream& in, std::vector<run_result>& out) {
  run_result r;
  size_t count = 0;
  std::string line;
  auto& d = r.did;
  while (in >> r.seed >> r.digest >> r.steps >> r.cpu_seconds >> d.resizes >> d.evictions >>
         d.patched >> d.ooms >> d.spoiled >> count) {
    std::getline(in, line);
    r.violations.clear();
    for (size_t i = 0; i < count && std::getline(in, line); ++i) {
      auto first = line.find('\t'), second = line.find('\t', first + 1);
      if (second == std::string::npos)
        return false;
      auto at = std::stoll(line.substr(first + 1, second - first - 1));
      r.violations.push_back(
        {line.substr(0, first), instant{milliseconds{at}}, line.substr(second + 1)});
    }
    out.push_back(r);
  }
  return true;
}

void write_all(int to, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    auto n = ::write(to, text.data() + done, text.size() - done);
    if (n <= 0)
      return;
    done += size_t(n);
  }
}

struct worker {
  pid_t id = 0;
  int from = -1;
};

worker start_worker(const run_order& order, const std::vector<uint64_t>& seeds) {
  int ends[2];
  if (::pipe(ends) != 0)
    return {};
  std::fflush(stdout);
  auto id = ::fork();
  if (id != 0) {
    ::close(ends[1]);
    return {id, ends[0]};
  }
  ::close(ends[0]);
  for (auto seed : seeds) {
    auto mine = order;
    mine.seed = seed;
    auto result = run_one(mine);
    show(order.scenario, result, order.length);
    write_all(ends[1], to_line(result));
  }
  ::_exit(0);
}

bool collect(const worker& one, size_t expected, std::vector<run_result>& results) {
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = ::read(one.from, buffer, sizeof buffer)) > 0;)
    text.append(buffer, size_t(n));
  ::close(one.from);
  int status = 0;
  ::waitpid(one.id, &status, 0);
  std::istringstream in{text};
  auto before = results.size();
  bool whole = read_results(in, results) && results.size() - before == expected;
  if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print("FAILED: a process ended after {} of {} runs (status {})\n", results.size() - before,
               expected, status);
    return false;
  }
  return true;
}

}  // namespace

run_result run_one(const run_order& order) {
  return run_scenario(*make_scenario(order), order);
}

run_result run_scenario(scenario& what, const run_order& order) {
  auto began = cpu_seconds();
  plan made;
  made.seed = order.seed;
  made.config = plain_config(order.seed);
  what.setup(made);
  auto log = std::make_shared<error_watch>();
  auto logger = std::make_shared<spdlog::logger>("sim", log);
  logger->set_level(order.verbose ? spdlog::level::info : spdlog::level::err);
  auto before = spdlog::default_logger();
  spdlog::set_default_logger(logger);
  run_result result;
  result.seed = order.seed;
  {
    simulation sim{std::move(made)};
    log->error = [&](const std::string& text) { sim.blame("error_log", text); };
    if (order.verbose) {
      sim.narrate = [](instant at, const std::string& text) {
        fmt::print("{} {}\n", format_rfc3339(at), text);
      };
      log->any = [&](const std::string& text) {
        fmt::print("{}   {}\n", format_rfc3339(sim.now()), text);
      };
    }
    what.run(sim);
    if (sim.violations().empty() && what.calm() > milliseconds{0})
      sim.run_for(what.calm());
    if (sim.violations().empty())
      what.check(sim);
    if (order.verbose && !sim.violations().empty())
      for (auto& line : sim.describe())
        fmt::print("{}\n", line);
    sim.finish();
    result.digest = sim.digest();
    result.steps = sim.steps();
    auto& truth = sim.cluster().statistics();
    result.did = {truth.resizes_done, truth.evictions, truth.pods_patched,
                  truth.oom_container_limit + truth.oom_node_pressure, sim.spoiled()};
    result.violations = sim.violations();
    log->error = log->any = nullptr;
  }
  spdlog::set_default_logger(before);
  result.cpu_seconds = cpu_seconds() - began;
  return result;
}

bool run_seeds(const run_order& order, const std::vector<uint64_t>& seeds, int processes,
               std::vector<run_result>& results) {
  auto count = std::min<size_t>(size_t(std::max(1, processes)), std::max<size_t>(1, seeds.size()));
  bool good = true;
  if (count == 1) {
    for (auto seed : seeds) {
      auto mine = order;
      mine.seed = seed;
      results.push_back(run_one(mine));
      show(order.scenario, results.back(), order.length);
    }
  } else {
    std::vector<std::vector<uint64_t>> shares(count);
    for (size_t i = 0; i < seeds.size(); ++i)
      shares[i % count].push_back(seeds[i]);
    std::vector<worker> workers;
    for (auto& share : shares)
      workers.push_back(start_worker(order, share));
    for (size_t i = 0; i < count; ++i)
      good &= collect(workers[i], shares[i].size(), results);
    std::sort(results.begin(), results.end(),
              [](const run_result& a, const run_result& b) { return a.seed < b.seed; });
  }
  return good && std::all_of(results.begin(), results.end(),
                             [](const run_result& r) { return r.violations.empty(); });
}

std::string replay_command(const std::string& scenario, uint64_t seed, milliseconds length) {
  auto days = double(length.count()) / 86'400'000;
  return fmt::format("build/release/integration/sim/sim --scenario {} --seed {}{} --verbose",
                     scenario, seed,
                     scenario == mix_name && days != 1 ? fmt::format(" --days {}", days) : "");
}

}  // namespace scaleops::sim
