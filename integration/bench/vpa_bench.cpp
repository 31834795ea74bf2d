#include "integration/bench/vpa_bench.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actors/recommender/logic/recommend.hpp"
#include "integration/bench/accounting.hpp"
#include "integration/bench/isolated.hpp"
#include "messages/entropy.hpp"
#include "runtime/replay/replay.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops::bench {

namespace {

using real_clock = std::chrono::steady_clock;

constexpr int decisions = 5;          // timed rounds of recommending, in each of ours and theirs
constexpr size_t warm = 144;          // samples before, five minutes apart: half a day, not timed
constexpr int seconds_between = 300;  // so that every decision meets news

/// As the file holds it: both programs take the same numbers.
struct sample {
  float cores = 0;
  float bytes = 0;
};

struct sample_set {
  int seconds = 60;  // from one sample to the next
  size_t containers = 0, length = 0;
  std::vector<sample> all;  // by time, then by container: read in the order in which they come
  std::string file;

  sample& of(size_t container, size_t index) { return all[index * containers + container]; }
  const sample& of(size_t container, size_t index) const {
    return all[index * containers + container];
  }
  int64_t at(size_t index) const {
    auto before = int64_t(std::min(index, warm));
    return first_second + before * seconds_between + (int64_t(index) - before) * seconds;
  }
  size_t between() const { return size_t(seconds_between / seconds); }
  static constexpr int64_t first_second = 1'767'571'200;  // 2026-01-05 00:00 UTC
};

/// Days with a peak, noise and rare bursts: of each container's own height. Rounded to what the
/// file can hold.
sample_set make_samples(size_t containers, size_t samples, int seconds, std::string file) {
  entropy dice{1};
  sample_set set{seconds, containers, samples, {}, std::move(file)};
  set.all.resize(containers * samples);
  for (size_t i = 0; i < containers; ++i) {
    double peak = dice.between(0.02, 4), floor = peak * dice.between(0.1, 0.6);
    double memory = dice.between(40e6, 4e9), phase = dice.between(0, 1);
    for (size_t at = 0; at < samples; ++at) {
      double day =
        0.5 - 0.5 * std::cos(2 * std::numbers::pi * (double(set.at(at)) / 86'400 + phase));
      double burst = dice.below(200) == 0 ? 1.5 : 1;
      double cores = (floor + (peak - floor) * day) * burst * dice.between(0.8, 1.2);
      double bytes = memory * (0.7 + 0.3 * day) * dice.between(0.97, 1.03);
      set.of(i, at) = {float(cores), float(std::round(bytes))};
    }
  }
  return set;
}

void write_samples(const sample_set& set) {
  std::ofstream out(set.file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(set.all.data()),
            std::streamsize(set.all.size() * sizeof(sample)));
  if (!out.flush())
    throw std::runtime_error(set.file + ": cannot be written");
}

/// What this process has used of the processors: other programs' load does not count.
std::chrono::nanoseconds cpu_time() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

double nanoseconds(std::chrono::nanoseconds span, double units) {
  return double(span.count()) / units;
}

/// The same work as integration/bench/vpa does, on the same samples in the same order.
nlohmann::json measure_ours(const sample_set& set) {
  auto& policy = builtin_policies().find("production")->second;
  auto before = held_by(running_part).bytes;
  std::vector<container_state> states(set.containers);
  for (auto& one : states) {
    one.aim(question_of(policy, "app", change_cost::in_place));
    one.aim(memory_question_of(policy, "app"));
  }
  auto take = [&](size_t at) {
    usage_sample seen;
    seen.at = instant{std::chrono::seconds{set.at(at)}};
    for (size_t i = 0; i < states.size(); ++i) {
      auto& one = set.of(i, at);
      seen.cpu = one.cores * 1000;
      seen.memory = int64_t(one.bytes);
      states[i].observe(seen);
    }
  };
  size_t split = set.length - decisions * set.between();
  for (size_t at = 0; at < warm; ++at)
    take(at);
  auto begin = cpu_time();
  for (size_t at = warm; at < split; ++at)
    take(at);
  auto ingest = cpu_time() - begin;
  auto state = held_by(running_part).bytes - before;
  std::vector<std::array<container_input, 1>> inputs(set.containers);
  for (size_t i = 0; i < inputs.size(); ++i) {
    inputs[i][0].name = "app";
    inputs[i][0].state = &states[i];
  }

  sizing_facts facts;
  std::vector<container_recommendation> out;
  std::chrono::nanoseconds recommending{};
  double targets = 0;
  for (size_t at = split; at < set.length; at += set.between()) {
    for (size_t i = at; i < at + set.between(); ++i)
      take(i);
    instant now{std::chrono::seconds{set.at(at + set.between())}};
    begin = cpu_time();
    for (auto& input : inputs) {
      recommend(input, policy, facts, now, out);
      input[0].current.requests = out[0].target.requests;
      targets += double(out[0].target.requests.cpu.value_or(0));
    }
    recommending += cpu_time() - begin;
  }
  double n = double(states.size());
  return {{"ingest_ns", nanoseconds(ingest, n * double(split - warm))},
          {"recommend_ns", nanoseconds(recommending, n * decisions)},
          {"state_bytes", double(state) / n},
          {"mean_target_mcpu", targets / (n * decisions)}};
}

uint64_t count_rows(const std::string& path) {
  trace_reader reader{path};
  trace_row row;
  uint64_t rows = 0;
  while (reader.next(row))
    ++rows;
  if (reader.error())
    throw std::runtime_error(reader.error()->to_string());
  return rows;
}

/// File in, decisions out.
void replay_ours(const std::string& trace, const std::string& decisions_path) {
  replay_plan plan;
  plan.traces = {trace};
  plan.policy = builtin_policies().find("production")->second;
  plan.warm = std::chrono::hours{24};
  plan.decisions = std::fopen(decisions_path.c_str(), "w");
  if (!plan.decisions)
    throw std::runtime_error(decisions_path + ": cannot be written");
  replay_summary out;
  std::string problem;
  bool done = replay(plan, out, problem);
  std::fclose(plan.decisions);
  if (!done)
    throw std::runtime_error(problem);
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// A directory of our own that goes with its contents.
struct scratch {
  std::filesystem::path path;
  scratch() {
    auto pattern = (std::filesystem::temp_directory_path() / "scaleops-bench-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
      throw std::runtime_error(pattern + ": cannot be made");
    path = pattern;
  }
  ~scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

double comparison::our_median() const {
  return median(ours);
}

double comparison::their_median() const {
  return median(theirs);
}

std::vector<comparison> compare_with_vpa(const vpa_wishes& with) {
  scratch dir;
  std::vector<sample_set> sets;
  for (int seconds : {15, 60}) {
    auto file = (dir.path / fmt::format("samples-{}s", seconds)).string();
    sets.push_back(make_samples(with.containers, warm + with.samples, seconds, std::move(file)));
    if (with.samples <= decisions * sets.back().between() || with.containers == 0)
      throw std::runtime_error("too few samples to compare with the VPA");
    write_samples(sets.back());
  }
  bool replays = !with.vpa_replay.empty() && !with.trace.empty();
  auto rows = replays ? double(count_rows(with.trace)) : 0.0;
  std::vector<comparison> all = {{"ingest, a scrape every 15 s", "ns a sample", {}, {}, 5},
                                 {"ingest, a scrape every 60 s", "ns a sample", {}, {}, 5},
                                 {"recommend, after 5 minutes' news", "ns a container", {}, {}, 5},
                                 {"state", "bytes a container", {}, {}, 3}};
  if (rows > 0)
    all.push_back({"replay, file to decisions", "ns a sample", {}, {}, 10});
  for (int round = 0; round < with.rounds; ++round) {
    auto note = [&](comparison& one, const char* key, auto& ours, auto& theirs) {
      one.ours.push_back(ours.at(key));
      one.theirs.push_back(theirs.at(key));
    };
    for (size_t i = 0; i < sets.size(); ++i) {
      auto ours = nlohmann::json::parse(run_isolated([&] { return measure_ours(sets[i]).dump(); }));
      auto theirs = nlohmann::json::parse(
        run_program(with.vpa,
                    {sets[i].file, std::to_string(sets[i].containers), std::to_string(warm),
                     std::to_string(sets[i].seconds), std::to_string(decisions)})
          .text);
      note(all[i], "ingest_ns", ours, theirs);
      if (i + 1 < sets.size())
        continue;
      note(all[2], "recommend_ns", ours, theirs);
      note(all[3], "state_bytes", ours, theirs);
    }
    if (rows == 0)
      continue;
    auto began = real_clock::now();
    run_isolated([&] {
      replay_ours(with.trace, (dir.path / "ours.csv").string());
      return std::string{};
    });
    all[4].ours.push_back(nanoseconds(real_clock::now() - began, rows));
    auto peer = run_program(with.vpa_replay, {"-warm", "24h", with.trace}, complaints::dropped);
    all[4].theirs.push_back(peer.seconds * 1e9 / rows);
  }
  return all;
}

std::string table_of(const std::vector<comparison>& all, const vpa_wishes& with) {
  auto out = fmt::format(
    "beside the VPA's own code: {} containers, {} samples each; medians of {} rounds, ours and "
    "theirs in turn\n  {:<34}{:>10}{:>10}{:>9}{:>8}\n",
    with.containers, with.samples, with.rounds, "", "ours", "VPA", "ratio", "goal");
  for (auto& one : all)
    out += fmt::format("  {:<34}{:>10.1f}{:>10.1f}{:>8.1f}x{:>7.0f}x  {}\n", one.name,
                       one.our_median(), one.their_median(), one.ratio(), one.least, one.unit);
  return out;
}

nlohmann::json to_json(const std::vector<comparison>& all) {
  nlohmann::json out = nlohmann::json::array();
  for (auto& one : all)
    out.push_back({{"name", one.name},
                   {"unit", one.unit},
                   {"ours", one.ours},
                   {"vpa", one.theirs},
                   {"ratio", one.ratio()},
                   {"goal", one.least}});
  return out;
}

}  // namespace scaleops::bench
