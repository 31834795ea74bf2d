// webhook_bench: what a review costs the webhook, and how long the API server waits for it. Exit
// code 0 when all goals are met, 1 when one is missed, 2 when it cannot be measured.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "integration/bench/isolated.hpp"
#include "integration/bench/report.hpp"
#include "integration/bench/webhook/load.hpp"
#include "integration/bench/webhook/reviews.hpp"
#include "runtime/admission/review_workers.hpp"
#include "runtime/tls/server_tls.hpp"

using namespace scaleops;
using namespace scaleops::bench;
using namespace std::chrono_literals;

namespace {

constexpr const char* service = "admissions.scaleops-system.svc";

struct wishes {
  size_t workloads = 10'000;
  size_t distinct = 2'000;  // reviews
  load_wishes fast;
  load_wishes paced;
  int rounds = 3;
  std::string vpa;  // program of integration/bench/vpa_admission
  double least_a_second = 20'000;
  double least_ratio = 10;
  double most_p99_ms = 1;
  bool no_goals = false;
  std::string json;
};

instant wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

std::chrono::nanoseconds process_cpu() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec};
}

webhook::desk_config desk_config() {
  webhook::desk_config out;
  out.now = wall_now;
  out.feed_patience = 24h;  // nobody tells the news here
  return out;
}

/// The webhook as `scaleops admissions` runs it, on one thread, without the actor that feeds it.
class webhook_under_test {
public:
  explicit webhook_under_test(std::shared_ptr<const snapshot_keeper> snapshot) {
    auto now = wall_now();
    std::string problem;
    auto authority = tls::make_authority("bench", {now - 1h, now + 48h}, problem);
    auto leaf = authority ? tls::issue(*authority, {service, {service}, {}},
                                       tls::certificate_use::server, {now - 1h, now + 24h}, problem)
                          : std::nullopt;
    if (leaf)
      problem = shown_->show(*leaf);
    if (!problem.empty())
      throw std::runtime_error(problem);
    authorities = authority->certificate;
    webhook::workers_config config;
    config.threads = 1;
    config.http.tls = shown_;
    config.desk = desk_config();
    workers_ = std::make_unique<webhook::review_workers>(config, registry_);
    problem = workers_->start();
    if (!problem.empty())
      throw std::runtime_error(problem);
    workers_->tell([snapshot](webhook::review_desk& desk) { desk.take(*snapshot); });
  }

  uint16_t port() const { return workers_->port(); }
  std::string authorities;

private:
  prometheus::Registry registry_;
  std::shared_ptr<tls::server_tls> shown_ = std::make_shared<tls::server_tls>();
  std::unique_ptr<webhook::review_workers> workers_;
};

struct measured {
  load_result load;
  double server_us = 0;  // CPU of a request, without the client's
};

measured measure(load_wishes with, const webhook_under_test& webhook,
                 const std::vector<std::string>& reviews) {
  with.port = webhook.port();
  with.authorities = webhook.authorities;
  with.name = service;
  auto before = process_cpu();
  measured out{run_load(with, reviews), 0};
  auto server = process_cpu() - before - out.load.client_cpu;
  out.server_us = double(server.count()) / 1000 / double(std::max<size_t>(out.load.answered, 1));
  if (out.load.failed > 0 || out.load.answered != with.requests)
    throw std::runtime_error(
      fmt::format("{} of {} reviews were not answered", out.load.failed, with.requests));
  if (out.load.patched != out.load.answered)
    throw std::runtime_error(
      fmt::format("only {} of {} pods were patched", out.load.patched, out.load.answered));
  return out;
}

/// Microseconds of CPU from a review's bytes to its answer's, as the VPA's program measures its
/// own: neither TLS nor HTTP.
double measure_logic(const snapshot_keeper& snapshot, const std::vector<std::string>& reviews,
                     size_t requests) {
  prometheus::Registry registry;
  webhook::review_desk desk{desk_config(), std::make_shared<webhook::review_counts>(registry)};
  desk.take(snapshot);
  auto before = process_cpu();
  for (size_t i = 0; i < requests; ++i)
    if (auto answer = desk.answer(reviews[i % reviews.size()]); !carries_patch(answer))
      throw std::runtime_error("a review was answered without a patch: " + answer.substr(0, 200));
  return double((process_cpu() - before).count()) / 1000 / double(std::max<size_t>(requests, 1));
}

/// The reviews one a line, for the other program; goes with its end.
class review_file {
public:
  explicit review_file(const std::vector<std::string>& reviews)
      : path_{(std::filesystem::temp_directory_path() / "scaleops-reviews-XXXXXX").string()} {
    int file = ::mkstemp(path_.data());
    if (file < 0)
      throw std::runtime_error(path_ + ": cannot be made");
    ::close(file);
    std::ofstream out(path_);
    for (auto& each : reviews)
      out << each << '\n';
    if (!out.flush())
      throw std::runtime_error(path_ + ": cannot be written");
  }
  ~review_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  review_file(const review_file&) = delete;
  review_file& operator=(const review_file&) = delete;
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// Microseconds of CPU that the VPA's admission server takes for the same reviews.
double measure_vpa(const std::string& program, const std::vector<std::string>& reviews,
                   size_t workloads) {
  review_file file{reviews};
  auto said = run_program(program, {file.path(), std::to_string(workloads)}).text;
  auto figures = nlohmann::json::parse(said, nullptr, false);
  if (!figures.is_object() || !figures.contains("microseconds"))
    throw std::runtime_error(program + ": printed no figures");
  return figures["microseconds"].get<double>();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

double milliseconds_of(std::chrono::nanoseconds span) {
  return double(span.count()) / 1e6;
}

int run(const wishes& with) {
  auto snapshot = make_snapshot(with.workloads, wall_now());
  webhook_under_test webhook{snapshot};
  std::vector<std::string> reviews;
  for (size_t i = 0; i < with.distinct; ++i)
    reviews.push_back(
      make_review(i * (with.workloads / std::max<size_t>(with.distinct, 1)) % with.workloads));
  auto warm = with.fast;
  warm.requests = std::max<size_t>(with.fast.requests / 10, 1);
  measure(warm, webhook, reviews);
  std::vector<double> costs, logic, theirs;
  double a_second = 0;
  for (int round = 0; round < with.rounds; ++round) {
    auto one = measure(with.fast, webhook, reviews);
    costs.push_back(one.server_us);
    a_second = std::max(a_second, double(one.load.answered) / one.load.seconds);
    logic.push_back(measure_logic(*snapshot, reviews, with.fast.requests));
    if (!with.vpa.empty())
      theirs.push_back(measure_vpa(with.vpa, reviews, with.workloads));
  }
  auto paced = measure(with.paced, webhook, reviews);
  double cost = median(costs), per_core = 1e6 / cost;
  auto p50 = milliseconds_of(paced.load.latency(0.5)),
       p99 = milliseconds_of(paced.load.latency(0.99));

  fmt::print(
    "webhook: reviews of {} bytes by TLS on kept connections, {} workloads in the snapshot\n"
    "  CPU of a review        {:9.1f} us   ({:.0f} a second on one core)\n"
    "  answered beside the client on this machine {:.0f} a second\n"
    "  at {:.0f} a second        p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms\n"
    "from a review's bytes to its answer's, without HTTP and TLS\n"
    "  ours                   {:9.1f} us\n",
    reviews.front().size(), with.workloads, cost, per_core, a_second, with.paced.per_second, p50,
    p99, milliseconds_of(paced.load.latency(0.999)), median(logic));
  std::vector<goal> goals;
  double ratio = 0;
  if (theirs.empty()) {
    fmt::print("  the VPA's              not measured (no --vpa)\n");
    goals.push_back({"reviews a second and core", per_core, with.least_a_second, "", true});
  } else {
    ratio = median(theirs) / median(logic);
    fmt::print("  the VPA's              {:9.1f} us   ({:.1f} x ours; {:.1f} x ours by TLS)\n",
               median(theirs), ratio, median(theirs) / cost);
    // One of the two is asked for.
    if (per_core < with.least_a_second)
      goals.push_back({"reviews a core beside the VPA", ratio, with.least_ratio, "x", true});
    else
      goals.push_back({"reviews a second and core", per_core, with.least_a_second, "", true});
  }
  goals.push_back({"p99 of a review at the pace", p99, with.most_p99_ms, "ms", false});
  std::fflush(stdout);

  int missed = 0;
  if (!with.no_goals) {
    fmt::print("{}", table_of(goals));
    missed = complain(goals);
  }
  if (!with.json.empty()) {
    std::ofstream file(with.json);
    file << nlohmann::json{{"review_us", cost},
                           {"reviews_per_core", per_core},
                           {"logic_us", median(logic)},
                           {"vpa_us", median(theirs)},
                           {"ratio", ratio},
                           {"p50_ms", p50},
                           {"p99_ms", p99}}
              .dump(2)
         << '\n';
    if (!file.flush())
      throw std::runtime_error(with.json + ": cannot be written");
  }
  return missed > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  wishes with;
  with.fast.requests = 60'000;
  with.paced.requests = 10'000;
  with.paced.per_second = 1000;
  CLI::App app{"What a review costs the webhook, and how long the API server waits for it."};
  app.add_option("--workloads", with.workloads, "In the snapshot")->capture_default_str();
  app.add_option("--distinct", with.distinct, "Different reviews")->capture_default_str();
  app.add_option("--requests", with.fast.requests, "In each round, as fast as possible")
    ->capture_default_str();
  app.add_option("--connections", with.fast.connections, "Kept open")->capture_default_str();
  app.add_option("--rounds", with.rounds, "Medians are judged")->capture_default_str();
  app.add_option("--pace", with.paced.per_second, "Reviews a second for the latency")
    ->capture_default_str();
  app.add_option("--paced-requests", with.paced.requests, "At that pace")->capture_default_str();
  app.add_option("--vpa", with.vpa, "Program of integration/bench/vpa_admission: compare with it");
  app.add_option("--least-a-second", with.least_a_second, "Goal: reviews a second and core")
    ->capture_default_str();
  app.add_option("--most-p99-ms", with.most_p99_ms, "Goal: p99 at the pace")->capture_default_str();
  app.add_flag("--no-goals", with.no_goals, "Print figures, judge nothing");
  app.add_option("--json", with.json, "Write all figures to this file");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    int code = app.exit(problem);
    return code == 0 ? 0 : 2;
  }
  with.paced.connections = with.fast.connections;
  try {
    return run(with);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "bench: %s\n", problem.what());
    return 2;
  }
}
