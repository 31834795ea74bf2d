#include "actors/recommender/logic/risk.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops {

namespace {

constexpr double low_bound = 0.05, high_bound = 0.95;

// What records alone do not know, measured over the open sets of recorded usage (docs/risk.md).

/// Kills a day from leaps that no record shows, by what a change costs, at the size that we would
/// choose; they fade by this power of the size, beyond what is held while changes are dear.
constexpr double surprise_rates[] = {0.018, 0.014}, held_ratios[] = {1, 1.5}, surprise_fades = 3.3;
/// Records that promise many kills are left behind soon: what they say beyond this counts little.
constexpr double lively_rate = 0.1, believed = 0.85, believed_beyond = 0.2;
/// Share of the time above a request that no record shows, while the request is near the estimate.
constexpr double surprise_share = 0.008, least_surprise = 0.001, surprise_ratio = 1.7;
constexpr double lively_share = 0.05;

/// A Gamma-distributed amount with this mean and shape; its lower bound is 0 where it is below
/// `grain`.
risk_range gamma_range(double mean, double shape, double most, double grain) {
  double scale = mean / shape;
  double low = gamma_quantile(shape, low_bound) * scale;
  double high = gamma_quantile(shape, high_bound) * scale;
  return {std::min(mean, most), low < grain ? 0 : std::min(low, most), std::min(high, most)};
}

risk_range oom_chance(const memory_model& memory, double bytes, const memory_question& question,
                      change_cost cost, double days) {
  double known = memory.record_days();
  double shape = memory.overruns_a_day(bytes, question) * known;
  auto answer = memory.estimate(question, memory.last_kill());
  double ratio = bytes / (answer.peak * (1 + answer.margin)) / held_ratios[size_t(cost)];
  ratio = std::max(ratio, cost == change_cost::in_place ? 0.8 : 1.0);
  double surprise = surprise_rates[size_t(cost)] * std::pow(ratio, -surprise_fades);
  auto chance = [&](double rate) {
    double come_true = believed * std::min(rate, lively_rate) +
                       believed_beyond * std::max(0.0, rate - lively_rate) + surprise;
    return 1 - std::exp(-come_true * days);
  };
  // Poisson kills whose rate is Gamma(shape, known): as if they came at this rate.
  double rate = shape * std::log1p(days / known) / days;
  return {chance(rate), chance(gamma_quantile(shape, low_bound) / known),
          chance(gamma_quantile(shape, high_bound) / known)};
}

risk_range hours_above(const cpu_model& cpu, int64_t millicores, const cpu_question& question,
                       change_cost cost, double days) {
  double recorded = cpu.expected_overrun(float(millicores), question).share;
  double estimate = std::max(1e-3, double(cpu.estimate(question).value));
  double ratio = std::max(surprise_ratio, double(millicores) / estimate);
  double surprise = std::max(least_surprise, surprise_share * std::pow(surprise_ratio / ratio, 4));
  // A request below what is needed is raised soon, unless that takes a restart.
  double beyond = cost == change_cost::restart ? 1 : 0.3 * std::pow(days, -0.35);
  double share = surprise + 0.8 * std::min(recorded, lively_share) +
                 beyond * std::max(0.0, recorded - lively_share);
  double shape = std::min(2.5, (0.12 + 18 * share) * std::pow(days, 0.2));
  double most = days * 24;
  constexpr double slot_h = 1 / 12.0;
  return gamma_range(share * most, shape, most, slot_h);
}

/// Changes of a request that has been changed so often, or never in so many days.
risk_range changes(const container_state& state, resource_kind kind, change_cost cost,
                   double days) {
  bool cpu = kind == resource_kind::cpu;
  double seen = state.changes_a_day(kind, cost);
  double rate, shape;
  if (cost == change_cost::in_place) {
    rate = cpu ? 0.1 + seen + 3.5 * std::max(0.0, seen - 2.3)
               : std::min(0.35 + 1.2 * seen, 0.95 + 0.5 * seen);
    double steady = std::min(seen, 2.7);
    shape = cpu ? 0.3 + 0.9 * seen : 0.4 + 0.35 * steady * steady;
  } else {
    rate = (cpu ? 0.1 : 0.22) + (cpu ? 9.5 : 11) * std::max(0.0, seen - 0.09);
    shape = cpu ? 0.6 : 1.1;
  }
  if (seen == 0) {
    double age = state.hours() / 24;
    if (cost == change_cost::in_place)
      rate = cpu ? 3 / (age + 0.5) : 2 / (age + 1);
    else
      rate = cpu ? 1.5 * std::pow(age + 1, -1.2) : 2 / (age + 1);
    shape = 0.3;
  }
  return gamma_range(rate * days, shape * std::pow(days / 7, 0.35), 1e6, 0.5);
}

}  // namespace

container_risk risk_of(const container_state& state, const container_resources& proposal,
                       const policy_spec& policy, std::string_view container, change_cost cost,
                       double days) {
  container_risk out;
  out.container = container;
  out.days = days;
  if (state.empty() || !(days > 0))
    return out;
  auto bound = proposal.limits.memory ? proposal.limits.memory : proposal.requests.memory;
  out.memory_limited = proposal.limits.memory.has_value();
  auto memory_ask = memory_question_of(policy, container);
  bool memory_seen = state.memory().peak() > 0, cpu_seen = state.cpu().slots() > 0;
  if (bound && *bound > 0 && memory_seen)
    out.oom_chance = oom_chance(state.memory(), double(*bound), memory_ask, cost, days);
  auto ask = question_of(policy, container, cost);
  if (cpu_seen) {
    if (proposal.requests.cpu)
      out.over_request_h = hours_above(state.cpu(), *proposal.requests.cpu, ask, cost, days);
    if (proposal.limits.cpu)
      out.throttled_h = hours_above(state.cpu(), *proposal.limits.cpu, ask, cost, days);
    out.cpu_changes = changes(state, resource_kind::cpu, cost, days);
  }
  if (memory_seen)
    out.memory_changes = changes(state, resource_kind::memory, cost, days);
  return out;
}

}  // namespace scaleops
