#include "integration/bench/vpa_bench.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <memory>
#include <numbers>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actors/recommender/logic/recommend.hpp"
#include "integration/bench/accounting.hpp"
#include "integration/bench/isolated.hpp"
#include "messages/entropy.hpp"
#include "runtime/replay/series_replay.hpp"
#include "runtime/trace/trace_reader.hpp"

namespace scaleops::bench {

namespace {

using real_clock = std::chrono::steady_clock;

constexpr int decisions = 20;       // timed rounds of recommending, in each of ours and theirs
constexpr int minutes_between = 5;  // so that every decision meets news

struct sample {
  double cores = 0;
  double bytes = 0;
};

struct series {
  std::string name;
  std::vector<sample> samples;  // one a minute
};

constexpr int64_t first_second = 1'767'571'200;  // 2026-01-05 00:00 UTC

/// Days with a peak, noise and rare bursts: of each container's own height. Rounded to what the
/// file can hold.
std::vector<series> make_samples(size_t containers, int minutes) {
  entropy dice{1};
  std::vector<series> all(containers);
  for (size_t i = 0; i < containers; ++i) {
    auto& one = all[i];
    one.name = fmt::format("c{:04}", i);
    one.samples.reserve(size_t(minutes));
    double peak = dice.between(0.02, 4), floor = peak * dice.between(0.1, 0.6);
    double memory = dice.between(40e6, 4e9), phase = dice.between(0, 1440);
    for (int at = 0; at < minutes; ++at) {
      double day = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (at + phase) / 1440);
      double burst = dice.below(200) == 0 ? 1.5 : 1;
      double cores = (floor + (peak - floor) * day) * burst * dice.between(0.8, 1.2);
      double bytes = memory * (0.7 + 0.3 * day) * dice.between(0.97, 1.03);
      one.samples.push_back({std::round(cores * 10'000) / 10'000, std::round(bytes)});
    }
  }
  return all;
}

void write_samples(const std::vector<series>& all, const std::string& path) {
  std::ofstream out(path);
  out << "series,timestamp_s,cpu_cores,memory_bytes\n";
  for (auto& one : all)
    for (size_t at = 0; at < one.samples.size(); ++at)
      out << fmt::format("{},{},{:.4f},{:.0f}\n", one.name, first_second + int64_t(at) * 60,
                         one.samples[at].cores, one.samples[at].bytes);
  if (!out.flush())
    throw std::runtime_error(path + ": cannot be written");
}

struct subject {
  std::unique_ptr<container_state> state;
  std::array<container_input, 1> input;
};

double nanoseconds(real_clock::duration span, double units) {
  return double(std::chrono::nanoseconds{span}.count()) / units;
}

/// The same work as integration/bench/vpa does, on the same samples in the same order.
nlohmann::json measure_ours(const std::vector<series>& all) {
  auto& policy = builtin_policies().find("production")->second;
  auto question = question_of(policy, "app", change_cost::in_place);
  std::vector<subject> subjects(all.size());
  auto before = held_by(running_part).bytes;
  for (auto& one : subjects) {
    one.state = std::make_unique<container_state>();
    one.state->aim(question);
  }
  for (auto& one : subjects) {
    one.input[0].name = "app";
    one.input[0].state = one.state.get();
  }
  auto take = [&](size_t at) {
    usage_sample seen;
    seen.at = instant{std::chrono::seconds{first_second + int64_t(at) * 60}};
    for (size_t i = 0; i < all.size(); ++i) {
      seen.cpu = float(all[i].samples[at].cores * 1000);
      seen.memory = int64_t(all[i].samples[at].bytes);
      subjects[i].state->observe(seen);
    }
  };
  size_t length = all.front().samples.size();
  size_t split = length - size_t(decisions * minutes_between);
  auto begin = real_clock::now();
  for (size_t at = 0; at < split; ++at)
    take(at);
  auto ingest = real_clock::now() - begin;
  auto state = held_by(running_part).bytes - before;

  sizing_facts facts;
  std::vector<container_recommendation> out;
  real_clock::duration recommending{};
  double targets = 0;
  for (size_t at = split; at < length; at += minutes_between) {
    for (size_t i = at; i < at + minutes_between; ++i)
      take(i);
    instant now{std::chrono::seconds{first_second + int64_t(at + minutes_between) * 60}};
    begin = real_clock::now();
    for (auto& one : subjects) {
      recommend(one.input, policy, facts, now, out);
      one.input[0].current.requests = out[0].target.requests;
      targets += double(out[0].target.requests.cpu.value_or(0));
    }
    recommending += real_clock::now() - begin;
  }
  double n = double(all.size());
  return {{"ingest_ns", nanoseconds(ingest, n * double(split))},
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
  auto& policy = builtin_policies().find("production")->second;
  series_replay replay{policy, change_cost::in_place, std::chrono::hours{24}};
  trace_reader reader{trace};
  trace_row row;
  std::ofstream out(decisions_path);
  out << "series,timestamp_s,cpu_cores,memory_bytes\n";
  fmt::memory_buffer line;
  while (reader.next(row)) {
    if (row.new_series)
      replay.start(row.at_s);
    if (!replay.step(row.at_s, row.cpu_cores, row.memory_bytes))
      continue;
    line.clear();
    fmt::format_to(std::back_inserter(line), "{},{},{:.4f},{}\n", row.series, row.at_s,
                   double(replay.cpu_request()) / 1000, replay.memory_request());
    out.write(line.data(), std::streamsize(line.size()));
  }
  if (reader.error())
    throw std::runtime_error(reader.error()->to_string());
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
  if (with.minutes <= decisions * minutes_between || with.containers == 0 || with.rounds < 1)
    throw std::runtime_error("too few samples to compare with the VPA");
  scratch dir;
  auto samples = make_samples(with.containers, with.minutes);
  auto file = (dir.path / "samples.csv").string();
  write_samples(samples, file);
  auto trace = with.trace.empty() ? file : with.trace;
  auto rows = with.vpa_replay.empty() ? 0.0 : double(count_rows(trace));
  std::vector<comparison> all = {{"ingest", "ns a sample", {}, {}, 5},
                                 {"recommend", "ns a container", {}, {}, 5},
                                 {"state", "bytes a container", {}, {}, 3}};
  if (rows > 0)
    all.push_back({"replay, file to decisions", "ns a sample", {}, {}, 10});
  for (int round = 0; round < with.rounds; ++round) {
    auto ours = nlohmann::json::parse(run_isolated([&] { return measure_ours(samples).dump(); }));
    auto theirs = nlohmann::json::parse(
      run_program(with.vpa, {file, std::to_string(decisions), std::to_string(minutes_between)})
        .text);
    for (size_t i = 0; auto key : {"ingest_ns", "recommend_ns", "state_bytes"}) {
      all[i].ours.push_back(ours.at(key));
      all[i++].theirs.push_back(theirs.at(key));
    }
    if (rows == 0)
      continue;
    auto began = real_clock::now();
    run_isolated([&] {
      replay_ours(trace, (dir.path / "ours.csv").string());
      return std::string{};
    });
    all[3].ours.push_back(nanoseconds(real_clock::now() - began, rows));
    auto peer = run_program(with.vpa_replay, {"-warm", "24h", trace});
    all[3].theirs.push_back(peer.seconds * 1e9 / rows);
  }
  return all;
}

std::string table_of(const std::vector<comparison>& all, const vpa_wishes& with) {
  auto out = fmt::format(
    "beside the VPA's own code: {} containers, {} samples each; medians of {} rounds, ours and "
    "theirs in turn\n  {:<28}{:>12}{:>12}{:>9}{:>8}\n",
    with.containers, with.minutes, with.rounds, "", "ours", "VPA", "ratio", "goal");
  for (auto& one : all)
    out += fmt::format("  {:<28}{:>12.1f}{:>12.1f}{:>8.1f}x{:>7.0f}x  {}\n", one.name,
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
