// Scenario: one promise, put to the test. Phases: setup (what the cluster is), run (what happens),
// calm (nothing fails any more), check (was it kept). All judges watch all along.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "integration/sim/world/simulation.hpp"

namespace scaleops::sim {

class scenario {
public:
  virtual ~scenario() = default;
  /// Alters what was drawn; nothing runs yet.
  virtual void setup(plan& what) { (void)what; }
  virtual void run(simulation& sim) = 0;
  virtual milliseconds calm() const { return milliseconds{0}; }
  virtual void check(simulation& sim) { (void)sim; }
};

struct scenario_card {
  std::string_view name;
  std::string_view promise;
  std::unique_ptr<scenario> (*make)();
};

template <class Scenario>
scenario_card card(std::string_view name, std::string_view promise) {
  return {name, promise, [] { return std::unique_ptr<scenario>{std::make_unique<Scenario>()}; }};
}

/// Every scenario, by name.
const std::vector<scenario_card>& all_scenarios();

}  // namespace scaleops::sim
