// sim: deterministic simulation of the whole platform. See docs/simulation.md.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "integration/sim/driver.hpp"

using namespace scaleops;
using namespace scaleops::sim;

namespace {

struct options;
bool run(const options& o, const std::string& scenario);

struct options {
  uint64_t seeds = 0;  // so many, from `seed` on
  uint64_t seed = 1;
  std::string scenario;
  bool list = false, mix = false, verbose = false, twice = false;
  std::string replay;
  int jobs = 2;
  double days = 1;
};

void list_all() {
  fmt::print("{:<40} {}\n", mix_name, "a random day: every promise holds all along");
  for (auto& one : all_scenarios())
    fmt::print("{:<40} {}\n", one.name, one.promise);
}

bool known(const std::string& name) {
  for (auto& one : all_scenarios())
    if (one.name == name)
      return true;
  return name == mix_name;
}

/// Lines "scenario seed", what follows a # is for people. False when one failed or is not known.
bool replay_file(const options& o) {
  std::ifstream file{o.replay};
  if (!file) {
    std::fprintf(stderr, "sim: %s cannot be read\n", o.replay.c_str());
    return false;
  }
  bool good = true;
  std::string line;
  while (std::getline(file, line)) {
    std::istringstream words{line.substr(0, line.find('#'))};
    auto one = o;
    std::string scenario;
    if (!(words >> scenario))
      continue;
    if (!(words >> one.seed) || !known(scenario)) {
      std::fprintf(stderr, "sim: %s: not a scenario and a seed: %s\n", o.replay.c_str(),
                   line.c_str());
      good = false;
      continue;
    }
    one.seeds = 1;
    good &= run(one, scenario);
  }
  return good;
}

/// The same seeds again must give the same digests, and different seeds different ones.
bool check_digests(const run_order& order, const std::vector<uint64_t>& seeds, int jobs,
                   const std::vector<run_result>& first) {
  std::vector<run_result> second;
  run_seeds(order, seeds, jobs, second);
  std::set<uint64_t> all;
  bool good = first.size() == second.size();
  for (size_t i = 0; i < first.size() && i < second.size(); ++i) {
    all.insert(first[i].digest);
    if (first[i].digest == second[i].digest)
      continue;
    good = false;
    fmt::print("FAILED {} seed {}: digest {:016x} the first time, {:016x} the second\n",
               order.scenario, first[i].seed, first[i].digest, second[i].digest);
  }
  if (all.size() != first.size())
    fmt::print("FAILED {}: {} seeds gave {} histories\n", order.scenario, first.size(), all.size());
  return good && all.size() == first.size();
}

bool run(const options& o, const std::string& scenario) {
  run_order order;
  order.scenario = scenario;
  order.length = milliseconds{int64_t(o.days * 86'400'000)};
  order.verbose = o.verbose;
  std::vector<uint64_t> seeds;
  for (uint64_t i = 0; i < std::max<uint64_t>(1, o.seeds); ++i)
    seeds.push_back(o.seed + i);
  std::vector<run_result> results;
  auto began = std::chrono::steady_clock::now();
  bool good = run_seeds(order, seeds, o.verbose ? 1 : o.jobs, results);
  auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (o.twice)
    good &= check_digests(order, seeds, o.jobs, results);
  size_t failed = 0;
  uint64_t steps = 0;
  double cpu = 0;
  run_deeds did;
  for (auto& one : results) {
    did.resizes += one.did.resizes;
    did.evictions += one.did.evictions;
    did.patched += one.did.patched;
    did.ooms += one.did.ooms;
    did.spoiled += one.did.spoiled;
    failed += !one.violations.empty();
    steps += one.steps;
    cpu += one.cpu_seconds;
  }
  fmt::print("{}: {} seeds, {} failed, {} messages, {:.2f} CPU s a seed, {:.1f} s", scenario,
             results.size(), failed, steps, cpu / double(std::max<size_t>(1, results.size())),
             seconds);
  if (results.size() == 1)
    fmt::print(", digest {:016x}", results.front().digest);
  fmt::print("\n  {} resizes, {} evictions, {} pods patched, {} OOM kills, {} requests spoiled\n",
             did.resizes, did.evictions, did.patched, did.ooms, did.spoiled);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"Deterministic simulation of the whole platform under faults."};
  app.add_option("--seeds", o.seeds, "Run so many seeds, of the mix unless a scenario is given");
  app.add_option("--seed", o.seed, "First (or only) seed");
  app.add_option("--scenario", o.scenario, "Run this scenario; \"all\": each of them");
  app.add_flag("--list", o.list, "Name the scenarios and their promises");
  app.add_flag("--mix", o.mix, "Run the mix (the default)");
  app.add_option("--jobs", o.jobs, "Processes")->check(CLI::Range(1, 64));
  app.add_option("--days", o.days, "Length of the mix in simulated days")
    ->check(CLI::Range(0.02, 60.0));
  app.add_option("--replay", o.replay, "Run what the file lists: a scenario and a seed a line");
  app.add_flag("--twice", o.twice, "Run each seed again and compare the digests");
  app.add_flag("--verbose", o.verbose, "Tell what happens");
  CLI11_PARSE(app, argc, argv);
  if (o.list) {
    list_all();
    return 0;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!o.replay.empty())
    return replay_file(o) ? 0 : 1;
  if (o.scenario == "all") {
    bool good = true;
    for (auto& one : all_scenarios())
      good &= run(o, std::string(one.name));
    return good ? 0 : 1;
  }
  auto scenario = o.scenario.empty() || o.mix ? std::string(mix_name) : o.scenario;
  if (!known(scenario)) {
    std::fprintf(stderr, "sim: there is no scenario %s; --list names them\n", scenario.c_str());
    return 2;
  }
  return run(o, scenario) ? 0 : 1;
}
