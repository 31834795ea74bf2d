// A recommendation judged against its evidence: made again, compared bit for bit, and told in plain
// words. Pure: no files.
#pragma once

#include <string>
#include <vector>

#include "actors/recommender/logic/evidence.hpp"
#include "messages/objects.hpp"

namespace scaleops {

/// One value that the evidence does not give.
struct explained_difference {
  std::string field;     // path in the Recommendation: "status.containers[app].target.requests.cpu"
  std::string recorded;  // in the Recommendation
  std::string remade;    // from the evidence
  bool operator==(const explained_difference&) const = default;
};

struct explanation {
  recommendation recorded;
  decision_evidence evidence;
  std::string input_digest;  // of the evidence
  std::vector<explained_difference> differences;
  bool same() const { return differences.empty(); }
};

/// Makes the recommendation again and compares every number of it.
explanation explain_recommendation(recommendation recorded, decision_evidence evidence);

/// For people: one sentence a reason, in the order in which the decision was made.
std::string explanation_text(const explanation& what);

/// For programs: the same with exact numbers (CPU in millicores, memory in bytes).
std::string explanation_json(const explanation& what);

}  // namespace scaleops
