// Mutants: platforms and clusters that break one promise on purpose. Each judge must catch its own,
// and nothing else may be reported: that is how we know that the judges can fail.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "integration/sim/scenarios/scenario.hpp"

namespace scaleops::sim {

struct mutant_card {
  std::string_view name;
  std::string_view judge;  // that must catch it
  std::unique_ptr<scenario> (*make)();
};

template <class Mutant>
mutant_card made(std::string_view name, std::string_view judge) {
  return {name, judge, [] { return std::unique_ptr<scenario>{std::make_unique<Mutant>()}; }};
}

/// Components that write what they should not (component_mutants.cpp).
std::vector<mutant_card> component_mutants();
/// API servers and kubelets that let happen what they should refuse (cluster_mutants.cpp), and what
/// else only a broken process does.
std::vector<mutant_card> cluster_mutants();

/// Where all of them live: "web" (3 replicas), "lone" (1) and "cache" (3, no budget) in a granted
/// namespace, far too large; "db" in one without a grant. No pod of web may be disturbed: its
/// budget allows nothing.
class mutant : public scenario {
public:
  void setup(plan& what) override;
  void run(simulation& sim) override { sim.run_for(std::chrono::hours{16}); }
};

}  // namespace scaleops::sim
