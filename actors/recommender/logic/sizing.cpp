#include "actors/recommender/logic/sizing.hpp"

#include <algorithm>
#include <cmath>

namespace scaleops::recommender_logic {

namespace {

constexpr std::array both = {resource_kind::cpu, resource_kind::memory};

constexpr double default_kill_price = 4.41;  // GiB for one kill a day, at P93

/// How far a wish must be from what is in force, with a full ration, and how that grows as the
/// ration is spent.
struct band {
  double up, down, up_growth, down_growth;
};
constexpr band bands[2][2] = {{{0.08, 0.12, 1, 2.5}, {0.05, 0.10, 0, 1}},   // in place: cpu, memory
                              {{0.10, 0.10, 0.5, 3}, {0.05, 0.10, 3, 4}}};  // by restart

/// By restart a shrink of CPU waits this share of the container's age since the last change, this
/// many hours at most: what is given back today is often asked for again tomorrow.
constexpr double shrink_waits = 0.1, shrink_waits_h = 24;

bool shrinks_too_soon(const container_state& state, resource_kind kind, change_cost cost) {
  return cost == change_cost::restart && kind == resource_kind::cpu &&
         state.hours_since_change(kind) < std::min(shrink_waits_h, shrink_waits * state.hours());
}

/// 10^x; most policies leave the knob in the middle.
double ten_to(double x) {
  return x == 0 ? 1 : std::pow(10, x);
}

}  // namespace

cpu_goal cpu_goal_of(const resource_policy& policy, double aggressiveness) {
  double a = std::clamp(aggressiveness, 0.0, 1.0);
  // A request that follows the load is never far above it: the same risk is reached at a lower
  // level.
  double odds = (1 - policy.percentile) / policy.percentile * 1.72;
  odds *= ten_to((a < 0.5 ? 4.0 : 1.6) * (a - 0.5));
  return {std::clamp(1 / (1 + odds), 0.5, 0.9995), policy.headroom * 2 * (1 - a)};
}

memory_question memory_goal_of(const resource_policy& policy, double aggressiveness) {
  double a = std::clamp(aggressiveness, 0.0, 1.0);
  double above = std::clamp(1 - policy.percentile, 0.001, 0.999);
  memory_question out;
  out.kill_price = float(default_kill_price * 0.07 / above * ten_to(4 * (0.5 - a)));
  out.least_margin = float(policy.headroom * 2 * (1 - a));
  return out;
}

void hold(draft& d, const sizing_facts& facts) {
  for (auto kind : both) {
    auto current = field(d.input->current.requests, kind);
    double wish = d.wish(kind);
    if (!current || *current <= 0 || wish <= 0)
      continue;
    auto& limits = bands[size_t(facts.cost)][size_t(kind)];
    double spent = d.input->state->spent(kind, facts.cost);
    double up = limits.up * (1 + limits.up_growth * spent);
    double down = 1 / (1 + limits.down / (1 - limits.down) * (1 + limits.down_growth * spent));
    if (shrinks_too_soon(*d.input->state, kind, facts.cost))
      down = 0;
    double ratio = wish / double(*current);
    bool killed = kind == resource_kind::memory && d.killed;
    if (ratio > 1 + up || ratio < down || (killed && ratio > 1) || wish == double(*current))
      continue;
    d.say(kind, reason_code::hysteresis, double(*current), wish);
    d.wish(kind) = double(*current);
  }
}

}  // namespace scaleops::recommender_logic
