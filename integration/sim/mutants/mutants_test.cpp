// Every judge catches the platform that breaks its promise, and only its judge does.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include "integration/sim/driver.hpp"
#include "integration/sim/mutants/mutant.hpp"

using namespace scaleops;
using namespace scaleops::sim;

namespace {

void check_all(const std::vector<mutant_card>& mutants) {
  for (auto& one : mutants) {
    DYNAMIC_SECTION(one.name << " is caught by " << one.judge) {
      auto what = one.make();
      auto result = run_scenario(*what, {});
      REQUIRE_FALSE(result.violations.empty());
      for (auto& found : result.violations) {
        INFO(found.judge << ": " << found.text);
        CHECK(found.judge == one.judge);
      }
    }
  }
}

}  // namespace

TEST_CASE("a component that breaks a promise is caught") {
  check_all(component_mutants());
}

TEST_CASE("a cluster or a process that breaks a promise is caught") {
  check_all(cluster_mutants());
}

TEST_CASE("the cluster in which mutants live breaks nothing by itself") {
  mutant healthy;
  auto result = run_scenario(healthy, {});
  for (auto& found : result.violations)
    FAIL_CHECK(found.judge << ": " << found.text);
  CHECK(result.did.resizes > 0);
}

TEST_CASE("each judge has a mutant") {
  std::set<std::string_view> proven;
  for (auto& all : {component_mutants(), cluster_mutants()})
    for (auto& one : all)
      proven.insert(one.judge);
  mutant healthy;
  plan what;
  what.config = plain_config(1);
  healthy.setup(what);
  simulation sim{std::move(what)};
  for (auto& name : sim.judges())
    CHECK(proven.contains(name));
  sim.finish();
}
