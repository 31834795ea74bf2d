#include "actors/recommender/logic/recommend.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/bounds.hpp"

namespace scaleops {

using namespace recommender_logic;

namespace {

constexpr std::array both = {resource_kind::cpu, resource_kind::memory};
constexpr int64_t mebi = 1 << 20;

uint32_t seconds_of(instant at) {
  return uint32_t(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}
double hours_of(milliseconds span) {
  return double(span.count()) / 3.6e6;
}

/// Moves a level along the log-odds: a = 0.5 leaves it, 0 and 1 divide and multiply the overrun
/// share by ten.
double shifted(double level, double aggressiveness) {
  double odds = (1 - level) / level * std::pow(10.0, 2 * (aggressiveness - 0.5));
  return 1 / (1 + odds);
}

/// The container's own settings, or the policy's.
void find_settings(draft& d, const policy_spec& policy) {
  d.cpu = &policy.cpu;
  d.memory = &policy.memory;
  for (auto& special : policy.containers)
    if (glob_match(special.name, d.input->name)) {
      d.off = special.off;
      if (special.cpu)
        d.cpu = &*special.cpu;
      if (special.memory)
        d.memory = &*special.memory;
      return;
    }
}

double confidence_of(const container_state& state) {
  double days = state.hours() / 24;
  return std::clamp(days / (days + 0.25), 0.0, 1.0);
}

void size_cpu(draft& d, const policy_spec& policy, const sizing_facts& facts) {
  auto& state = *d.input->state;
  cpu_question ask;
  ask.quantile = float(shifted(d.cpu->percentile, policy.aggressiveness));
  ask.window_h = float(hours_of(d.cpu->window));
  ask.follow = facts.cost == change_cost::in_place;
  ask.season = policy.season && ask.follow;
  auto answer = state.cpu().estimate(ask);
  if (answer.value <= 0)
    return;
  d.say(resource_kind::cpu, reason_code::percentile, answer.percentile, ask.quantile);
  if (answer.recent_peak >= answer.value && answer.recent_peak > answer.percentile)
    d.say(resource_kind::cpu, reason_code::recent_peak, answer.recent_peak, 2);
  d.wish_cpu = answer.value * (1 + d.cpu->headroom) + double(d.cpu->headroom_absolute);
  d.say(resource_kind::cpu, reason_code::headroom, d.wish_cpu, d.cpu->headroom);
}

void size_memory(draft& d, const policy_spec& policy, const sizing_facts& facts, instant now) {
  auto& state = *d.input->state;
  memory_question ask;
  ask.quantile = float(shifted(d.memory->percentile, policy.aggressiveness));
  ask.oom_healing = policy.oom_healing;
  ask.follow = facts.cost == change_cost::in_place;
  auto answer = state.memory().estimate(ask, seconds_of(now));
  if (answer.value <= 0)
    return;
  d.say(resource_kind::memory, reason_code::recent_peak, answer.peak, ask.window_h);
  d.wish_memory = answer.value + double(d.memory->headroom_absolute);
  if (answer.oom_floor >= answer.value && answer.oom_floor > 0)
    d.say(resource_kind::memory, reason_code::oom_kill, answer.oom_floor, answer.oom_limit);
  d.out.urgent |= answer.urgent;
}

void gate_history(draft& d, const policy_spec& policy) {
  double hours = d.input->state->hours(), needed = hours_of(policy.minimum_history);
  if (hours >= needed)
    return;
  for (auto kind : both) {
    auto current = field(d.input->current.requests, kind);
    if (current && d.wish(kind) > 0 && d.wish(kind) < double(*current)) {
      d.wish(kind) = double(*current);
      d.say(kind, reason_code::learning, hours, needed);
    }
  }
}

void hold(draft& d, const sizing_facts& facts) {
  bool cheap = facts.cost == change_cost::in_place;
  for (auto kind : both) {
    auto current = field(d.input->current.requests, kind);
    double wish = d.wish(kind);
    if (!current || wish <= 0 || d.out.urgent)
      continue;
    double ratio = wish / double(std::max<int64_t>(1, *current));
    if (ratio < 1 + (cheap ? 0.05 : 0.10) && ratio > 1 - (cheap ? 0.15 : 0.25)) {
      if (wish != double(*current))
        d.say(kind, reason_code::hysteresis, double(*current), wish);
      d.wish(kind) = double(*current);
    }
  }
}

void round_and_bound(draft& d) {
  if (d.wish_cpu > 0)
    d.out.target.requests.cpu = int64_t(std::ceil(d.wish_cpu));
  if (d.wish_memory > 0) {
    auto bytes = int64_t(std::ceil(d.wish_memory));
    bool kept = d.input->current.requests.memory && *d.input->current.requests.memory == bytes;
    d.out.target.requests.memory = kept ? bytes : (bytes + mebi - 1) / mebi * mebi;
  }
}

}  // namespace

std::vector<container_recommendation> recommend(std::span<const container_input> containers,
                                                const policy_spec& policy,
                                                const sizing_facts& facts, instant now) {
  std::vector<draft> drafts(containers.size());
  for (size_t i = 0; i < containers.size(); ++i) {
    auto& d = drafts[i];
    d.input = &containers[i];
    d.out.name = d.input->name;
    d.out.current = d.input->current;
    find_settings(d, policy);
    if (d.off) {
      d.say(resource_kind::cpu, reason_code::excluded, 0, 0);
      d.say(resource_kind::memory, reason_code::excluded, 0, 0);
      continue;
    }
    if (!d.input->state || d.input->state->empty()) {
      d.say(resource_kind::cpu, reason_code::no_history, 0, 0);
      d.say(resource_kind::memory, reason_code::no_history, 0, 0);
      continue;
    }
    d.out.confidence = confidence_of(*d.input->state);
    size_cpu(d, policy, facts);
    size_memory(d, policy, facts, now);
    double widen = 1 + 1 / std::max(0.01, d.input->state->hours() / 24);
    d.out.lower = {int64_t(d.wish_cpu * 0.5), int64_t(d.wish_memory * 0.8)};
    d.out.upper = {int64_t(d.wish_cpu * widen), int64_t(d.wish_memory * widen)};
    gate_history(d, policy);
    hold(d, facts);
    apply_container_bounds(d, facts);
    apply_hpa_guard(d, facts);
  }
  apply_pod_bounds(drafts, facts);
  for (auto& d : drafts)
    if (!d.off)
      round_and_bound(d);
  apply_limits(drafts, facts);
  std::vector<container_recommendation> out;
  out.reserve(drafts.size());
  for (auto& d : drafts)
    out.push_back(std::move(d.out));
  return out;
}

}  // namespace scaleops
