#include "runtime/up/session.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

run_report small_run(uint64_t seed) {
  up_session::settings with;
  with.seed = seed;
  with.scrape_interval = 60s;
  cluster_choice choice;
  std::string problem;
  REQUIRE(choose_cluster({{}, seed, 8, 4, with.begin}, choice, problem));
  up_session session{with, std::move(choice)};
  REQUIRE(session.run(10h));
  return session.report();
}

double counter(const run_report& report, const std::string& name) {
  auto found = report.counters.find(name);
  return found == report.counters.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("the whole loop lowers requests, and its counters agree with the cluster's truth") {
  auto report = small_run(5);
  CHECK(report.workloads > 0);
  CHECK(report.at_end.cpu_cores < report.at_start.cpu_cores);
  CHECK(report.truth.resizes_done > 0);
  CHECK(counter(report, R"(scaleops_updater_actions_total{action="resize",result="done"})") ==
        double(report.truth.resizes_done));
  CHECK(counter(report, R"(scaleops_admissions_reviews_total{verdict="patched"})") ==
        double(report.truth.pods_patched));
  CHECK(counter(report, "scaleops_agent_oom_kills_total") >= double(report.oom_kills));
}

TEST_CASE("the same seed gives the same history and report, another one another") {
  auto first = small_run(5);
  auto again = small_run(5);
  CHECK(first.digest == again.digest);
  CHECK(report_json(first) == report_json(again));
  CHECK(first.digest != small_run(6).digest);
}

TEST_CASE("a trace that is not there is refused with its name") {
  cluster_choice choice;
  std::string problem;
  CHECK_FALSE(choose_cluster({{"no/such.csv"}, 1, 60, 12, {}}, choice, problem));
  CHECK(problem.find("no/such.csv") != std::string::npos);
}
