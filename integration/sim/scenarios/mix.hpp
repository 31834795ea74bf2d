// The mix: a random day.
#pragma once

#include "integration/sim/scenarios/scenario.hpp"

namespace scaleops::sim {

class mix final : public scenario {
public:
  explicit mix(milliseconds length) : length_{length} {}
  void setup(plan& what) override;
  void run(simulation& sim) override;

private:
  milliseconds length_;
  uint64_t seed_ = 0;
};

}  // namespace scaleops::sim
