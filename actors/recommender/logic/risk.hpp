// Risk replay: what a proposal would have meant for what is known of a container, told for the
// coming days. Pure. docs/risk.md has the formulas and how well they came true on recorded usage.
#pragma once

#include <string_view>

#include "actors/recommender/logic/container_state.hpp"
#include "messages/policy.hpp"
#include "messages/risk.hpp"

namespace scaleops {

/// The proposal is taken as `recommend` means it: its distance to the container's levels is kept
/// while these move. `days` is the span asked about, above 0.
container_risk risk_of(const container_state& state, const container_resources& proposal,
                       const policy_spec& policy, std::string_view container, change_cost cost,
                       double days = 7);

/// Quantile of a Gamma distribution with this shape and scale 1, relative error under 1e-6. Shapes
/// of 0 or less give 0.
double gamma_quantile(double shape, double probability);

}  // namespace scaleops
