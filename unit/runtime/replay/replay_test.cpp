#include "runtime/replay/replay.hpp"
#include "unit/support/source_dir.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

/// A folder of its own that goes with the test.
struct folder {
  std::filesystem::path path =
    std::filesystem::temp_directory_path() / fmt::format("scaleops-replay-{}", getpid());
  folder() { std::filesystem::create_directories(path); }
  ~folder() { std::filesystem::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
};

std::string text_of(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

constexpr int64_t monday = 1767571200;

/// Rows of one series from hour `from` to hour `to`: a daily wave and a memory step on the second
/// day.
void write_rows(std::ofstream& out, const char* series, int from, int to) {
  for (int i = from * 12; i < to * 12; ++i) {
    double cpu = 1 + 0.5 * std::sin(i * 2 * M_PI / 288);
    double memory = (i < 30 * 12 ? 400.0 : 700.0) * (1 << 20);
    out << fmt::format("{},{},{:.3f},{:.0f}\n", series, monday + i * 300, cpu, memory);
  }
}

std::string trace(const folder& in, const char* name, int from, int to) {
  std::ofstream out{in.file(name)};
  out << "series,timestamp_s,cpu_cores,memory_bytes\n";
  write_rows(out, "a", from, to);
  write_rows(out, "b", from, to);
  return in.file(name);
}

replay_summary run(replay_plan plan, const std::string& decisions) {
  plan.policy = builtin_policies().at("production");
  plan.warm = 6h;
  std::FILE* file = std::fopen(decisions.c_str(), "w");
  REQUIRE(file);
  plan.decisions = file;
  replay_summary out;
  std::string problem;
  bool done = replay(plan, out, problem);
  std::fclose(file);
  INFO(problem);
  REQUIRE(done);
  return out;
}

}  // namespace

TEST_CASE("the score is what the back-test's evaluator defines") {
  series_scorer scorer;
  auto sample = [&](int64_t at, double value, double request, bool scored) {
    scorer.take(at, value, request, scored);
    scorer.pass(at);
  };
  sample(1000, 5, 0, false);  // nothing in force
  sample(1300, 1, 2, true);   // 300 s at 2, one used
  sample(1600, 3, 2, true);   // one above: an overrun begins
  sample(1900, 4, 2, true);   // goes on
  sample(9100, 1, 2, true);   // a gap counts as an hour
  auto& sum = scorer.sum();
  CHECK(sum.seconds == 300 + 300 + 300 + 3600);
  CHECK(sum.requested == 2.0 * 4500);
  CHECK(sum.used == 300 + 900 + 1200 + 3600);
  CHECK(sum.over == 300 + 600);
  CHECK(sum.overruns == 1);
  CHECK(sum.over_seconds == 600);
}

TEST_CASE("a replay that goes on from its checkpoint decides as one that was never interrupted") {
  folder in;
  auto whole = trace(in, "whole.csv", 0, 48), first = trace(in, "first.csv", 0, 20),
       second = trace(in, "second.csv", 20, 48);
  replay_plan plan;
  plan.traces = {whole};
  auto straight = run(plan, in.file("straight.csv"));
  plan.checkpoint = in.file("state");
  plan.traces = {first};
  auto begun = run(plan, in.file("begun.csv"));
  plan.traces = {second};
  auto ended = run(plan, in.file("ended.csv"));
  CHECK(begun.decisions + ended.decisions == straight.decisions);
  // Series by series: the rows of "a" of both parts are the rows of "a" of the whole.
  auto rows = [](const std::string& text, char series) {
    std::string out;
    for (size_t at = text.find('\n') + 1; at < text.size(); at = text.find('\n', at) + 1)
      if (text[at] == series)
        out += text.substr(at, text.find('\n', at) + 1 - at);
    return out;
  };
  for (char series : {'a', 'b'})
    CHECK(rows(text_of(in.file("begun.csv")), series) +
            rows(text_of(in.file("ended.csv")), series) ==
          rows(text_of(in.file("straight.csv")), series));
}

// Each file was written by the last version with that layout, after the first 900 rows. With that
// version's band and goal today's code decided from both what their versions did; what is checked
// is what follows from them with today's.
TEST_CASE("a replay goes on from a checkpoint of an older layout") {
  auto version = GENERATE(1, 2);
  CAPTURE(version);
  folder in;
  replay_plan plan;
  plan.traces = {in.file("rest.csv")};
  {
    std::ofstream out{plan.traces[0]};
    out << "series,timestamp_s,cpu_cores,memory_bytes\n";
    for (int i = 900; i < 1800; ++i) {
      double hour = i % 288 / 288.0;
      int busy = hour > 0.3 && hour < 0.6 ? 1 : 0;
      out << fmt::format("web,{},{:.4f},{}\n", monday + i * 300,
                         0.2 + 0.3 * busy + 0.05 * (i * 7919 % 13) / 13.0,
                         int64_t(300 + 100 * busy + i * 104729 % 17) << 20);
    }
  }
  plan.checkpoint = in.file("state");
  std::filesystem::copy(
    fmt::format("{}/unit/runtime/replay/checkpoint_v{}.bin", scaleops::test::source_dir(), version),
    plan.checkpoint);
  run(plan, in.file("decisions"));
  CHECK(text_of(in.file("decisions")) ==
        "series,timestamp_s,cpu_cores,memory_bytes\n"
        "web,1767852000,0.601,567279616\n"
        "web,1767884400,0.268,567279616\n"
        "web,1767938400,0.601,567279616\n"
        "web,1767970800,0.268,567279616\n"
        "web,1768024800,0.601,567279616\n"
        "web,1768057200,0.268,567279616\n");
}

TEST_CASE("what a checkpoint knows already is skipped, not learned twice") {
  folder in;
  replay_plan plan;
  plan.traces = {trace(in, "t.csv", 0, 24)};
  plan.checkpoint = in.file("state");
  run(plan, in.file("one.csv"));
  auto saved = text_of(plan.checkpoint);
  auto again = run(plan, in.file("two.csv"));
  CHECK(again.skipped == again.samples);
  CHECK(again.decisions == 0);
  CHECK(text_of(plan.checkpoint) == saved);
}

TEST_CASE("memory is a closed loop: demand above the request is one kill, then more memory") {
  folder in;
  replay_plan plan;
  plan.traces = {trace(in, "t.csv", 0, 48)};
  auto out = run(plan, in.file("d.csv"));
  CHECK(out.series == 2);
  CHECK(out.memory.overruns == 2);  // the step of the second day, once in each series
  CHECK(out.memory.over_seconds <= 2 * 600);
  CHECK(out.memory.footprint() > 1);
  CHECK(out.memory.footprint() < 1.8);
}

TEST_CASE("a damaged checkpoint is refused by name and left as it is") {
  folder in;
  replay_plan plan;
  plan.policy = builtin_policies().at("production");
  plan.traces = {trace(in, "t.csv", 0, 12)};
  plan.checkpoint = in.file("state");
  std::ofstream{plan.checkpoint} << "not a checkpoint";
  replay_summary out;
  std::string problem;
  CHECK_FALSE(replay(plan, out, problem));
  CHECK(problem.find(plan.checkpoint) == 0);
  CHECK(text_of(plan.checkpoint) == "not a checkpoint");
}

TEST_CASE("a trace that cannot be read on names its line") {
  folder in;
  std::ofstream{in.file("bad.csv")} << "series,timestamp_s,cpu_cores,memory_bytes\na,100,1,x\n";
  replay_plan plan;
  plan.policy = builtin_policies().at("production");
  plan.traces = {in.file("bad.csv")};
  replay_summary out;
  std::string problem;
  CHECK_FALSE(replay(plan, out, problem));
  CHECK(problem.find(":2: memory_bytes: is not a number") != problem.npos);
}
