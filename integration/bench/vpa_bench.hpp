// Our recommender beside the VPA's own code, on the same samples: each round measures both, so that
// a busy machine slows both alike; figures are medians over the rounds.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "integration/bench/report.hpp"

namespace scaleops::bench {

struct vpa_wishes {
  std::string vpa;             // program of integration/bench/vpa
  std::string vpa_replay;      // the VPA's replay; empty: replay is not measured
  std::string trace;           // recorded usage for the replay; empty: likewise
  size_t containers = 20'000;  // as many different ones as the platform's bench has
  size_t samples = 300;        // of each container
  int rounds = 7;
};

/// One figure of both, smaller is better.
struct comparison {
  std::string name;                  // "ingest"
  std::string unit;                  // "ns a sample"
  std::vector<double> ours, theirs;  // by round
  double least = 1;                  // goal: theirs / ours
  double our_median() const;
  double their_median() const;
  double ratio() const { return our_median() > 0 ? their_median() / our_median() : 0; }
};

/// Throws std::runtime_error when something cannot be measured.
std::vector<comparison> compare_with_vpa(const vpa_wishes& with);

std::string table_of(const std::vector<comparison>& all, const vpa_wishes& with);
nlohmann::json to_json(const std::vector<comparison>& all);

}  // namespace scaleops::bench
