#include "actors/recommender/logic/recommend.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory_resource>

#include "actors/recommender/logic/bounds.hpp"
#include "actors/recommender/logic/seconds.hpp"
#include "actors/recommender/logic/sizing.hpp"
#include "messages/quantity.hpp"

namespace scaleops {

using namespace recommender_logic;

namespace {

constexpr std::array both = {resource_kind::cpu, resource_kind::memory};
using std::chrono::hours;

double hours_of(milliseconds span) {
  return double(span.count()) / 3.6e6;
}

/// The container's own settings, or the policy's.
const container_policy* special_of(const policy_spec& policy, std::string_view name) {
  for (auto& special : policy.containers)
    if (glob_match(special.name, name))
      return &special;
  return nullptr;
}

void find_settings(draft& d, const policy_spec& policy) {
  auto* special = special_of(policy, d.input->name);
  d.off = special && special->off;
  d.cpu = special && special->cpu ? &*special->cpu : &policy.cpu;
  d.memory = special && special->memory ? &*special->memory : &policy.memory;
}

cpu_question question_of(const cpu_goal& goal, const policy_spec& policy, change_cost cost) {
  cpu_question ask;
  ask.quantile = float(goal.quantile);
  ask.follow = cost == change_cost::in_place;
  ask.season = policy.season;
  return ask;
}

memory_question memory_question_of(const resource_policy& memory, const policy_spec& policy) {
  memory_question ask = memory_goal_of(memory, policy.aggressiveness);
  ask.oom_healing = policy.oom_healing;
  return ask;
}

/// 0 to 1: half after half a day, 0.95 after ten days.
double confidence_of(const container_state& state) {
  double days = state.hours() / 24;
  return days / (days + 0.5);
}

void size_cpu(draft& d, const policy_spec& policy, const sizing_facts& facts) {
  auto& model = d.input->state->cpu();
  auto goal = cpu_goal_of(*d.cpu, policy.aggressiveness);
  auto ask = question_of(goal, policy, facts.cost);
  auto answer = model.estimate(ask);
  if (answer.value <= 0)
    return;
  constexpr auto cpu = resource_kind::cpu;
  switch (answer.expert) {
    case cpu_expert::slow:
      d.say(cpu, reason_code::percentile, answer.prediction, 0.9);
      break;
    case cpu_expert::season:
      d.say(cpu, reason_code::season, answer.prediction, 24);
      break;
    case cpu_expert::last_day:
      d.say(cpu, reason_code::recent_peak, answer.prediction, 24);
      break;
    case cpu_expert::last_hour:
    case cpu_expert::blend:
      d.say(cpu, reason_code::recent_peak, answer.prediction, 1);
      break;
  }
  d.say(cpu, reason_code::margin, answer.margin - 1, 1 - ask.quantile);
  double headroom = goal.headroom;
  d.wish_cpu = answer.value * (1 + headroom);
  double most = model.highest() * 1.1;  // no margin invents more than was ever seen
  if (d.wish_cpu > most) {
    d.wish_cpu = most;
    d.say(cpu, reason_code::recent_peak, most / 1.1, 1344);
  } else {
    d.say(cpu, reason_code::headroom, d.wish_cpu, headroom);
  }
  d.wish_cpu += double(d.cpu->headroom_absolute);
  double live = model.live();
  auto current = d.input->current.requests.cpu;
  if (policy.burst_healing && current && live > double(*current) && d.wish_cpu > double(*current)) {
    d.say(cpu, reason_code::burst, d.wish_cpu, live);
    d.out.urgent = true;
  }
  if (float share = d.input->state->throttled(); share > 0.05f)
    d.say(cpu, reason_code::throttled, d.wish_cpu, share);
}

void size_memory(draft& d, const policy_spec& policy, instant now) {
  constexpr auto memory = resource_kind::memory;
  auto ask = memory_question_of(*d.memory, policy);
  auto answer = d.input->state->memory().estimate(ask, seconds_of(now));
  if (answer.value <= 0)
    return;
  if (answer.peak > 0) {
    d.say(memory, reason_code::recent_peak, answer.peak, answer.half_life_h);
    d.say(memory, reason_code::margin, answer.margin, answer.kills_a_day);
  }
  // A suspected leak is not fed; what it has been given is taken away once kills confirm it.
  double value = answer.value;
  if (answer.leak_cap > 0 && !answer.leak_killed)
    value = std::min(answer.unheld,
                     std::max(value, double(d.input->current.requests.memory.value_or(0))));
  d.wish_memory = value + double(d.memory->headroom_absolute);
  if (answer.oom_floor > 0)
    d.say(memory, reason_code::oom_kill, answer.oom_floor, answer.oom_limit);
  if (answer.leak_cap > 0)
    d.say(memory, reason_code::leak_suspected, answer.leak_cap, answer.growth_a_day);
  d.killed = answer.urgent;
  d.out.urgent |= answer.urgent;
}

/// A shrink stays above what the container uses now plus five percent.
void keep_above_live(draft& d) {
  double least = d.input->state->memory().live() * 1.05;
  auto current = d.input->current.requests.memory;
  if (d.wish_memory > 0 && d.wish_memory < least && current && d.wish_memory < double(*current)) {
    least = std::min(least, double(*current));
    d.wish_memory = least;
    d.say(resource_kind::memory, reason_code::live_usage, least, 0);
  }
}

void set_bounds(draft& d) {
  auto& state = *d.input->state;
  double days = std::max(state.hours() / 24, 0.01);
  double wide = 1 + 1 / days, narrow = 1 / ((1 + 0.001 / days) * (1 + 0.001 / days));
  std::array<float, 2> usual{};
  state.cpu().quantiles(std::array{0.5f, 0.95f}, usual);
  double low = std::min(d.wish_cpu, double(usual[0]) * 1.15);
  double high = std::max(d.wish_cpu, double(usual[1]) * 1.15);
  if (d.wish_cpu > 0) {
    d.out.lower.cpu = int64_t(low * narrow);
    d.out.upper.cpu = int64_t(std::min(high * wide, 1e12));
  }
  if (d.wish_memory > 0) {
    d.out.lower.memory = int64_t(state.memory().peak() * narrow);
    d.out.upper.memory = int64_t(std::min(d.wish_memory * (1 + 0.2 / days) * 1.15, 1e15));
  }
  if (days < 1) {
    d.say(resource_kind::cpu, reason_code::confidence, wide, d.out.confidence);
    d.say(resource_kind::memory, reason_code::confidence, 1 + 0.2 / days, d.out.confidence);
  }
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

/// Whole millicores and mebibytes, before the bounds: these hold to the unit.
void round_up(draft& d) {
  d.wish_cpu = std::ceil(d.wish_cpu);
  auto bytes = int64_t(std::ceil(d.wish_memory));
  bool kept = d.input->current.requests.memory && *d.input->current.requests.memory == bytes;
  d.wish_memory = double(kept ? bytes : (bytes + mebi - 1) / mebi * mebi);
}

/// The decision as it is told; the band in which nothing is urgent holds the target.
void write_target(draft& d) {
  for (auto kind : both) {
    if (d.wish(kind) <= 0)
      continue;
    auto target = int64_t(d.wish(kind));
    field(d.out.target.requests, kind) = target;
    auto &lower = field(d.out.lower, kind), &upper = field(d.out.upper, kind);
    lower = std::min(lower.value_or(target), target);
    upper = std::max(upper.value_or(target), target);
  }
}

}  // namespace

cpu_question question_of(const policy_spec& policy, std::string_view container, change_cost cost) {
  auto* special = special_of(policy, container);
  auto& cpu = special && special->cpu ? *special->cpu : policy.cpu;
  return question_of(cpu_goal_of(cpu, policy.aggressiveness), policy, cost);
}

memory_question memory_question_of(const policy_spec& policy, std::string_view container) {
  auto* special = special_of(policy, container);
  return memory_question_of(special && special->memory ? *special->memory : policy.memory, policy);
}

std::vector<container_recommendation> recommend(std::span<const container_input> containers,
                                                const policy_spec& policy,
                                                const sizing_facts& facts, instant now) {
  std::vector<container_recommendation> out;
  recommend(containers, policy, facts, now, out);
  return out;
}

void recommend(std::span<const container_input> containers, const policy_spec& policy,
               const sizing_facts& facts, instant now, std::vector<container_recommendation>& out,
               detail told) {
  out.resize(containers.size());
  if (told == detail::full)  // who asks for less has just given a sample
    for (auto& input : containers)
      if (input.state)
        input.state->fetch();
  // Enough for most pods, without an allocation.
  alignas(draft) std::array<std::byte, 2 * sizeof(draft)> few;
  std::pmr::monotonic_buffer_resource memory{few.data(), few.size()};
  std::pmr::vector<draft> drafts{&memory};
  drafts.reserve(containers.size());
  for (size_t i = 0; i < containers.size(); ++i) {
    auto& d = drafts.emplace_back(out[i]);
    d.input = &containers[i];
    d.silent = told == detail::requests;
    d.out.name = d.input->name;
    d.out.target = {};
    d.out.lower = d.out.upper = {};
    d.out.confidence = 0;
    d.out.urgent = false;
    d.out.reasons.clear();
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
    size_memory(d, policy, now);
    if (auto since = d.input->state->revision_since();
        since != instant{} && now - since < hours{24})
      d.say(resource_kind::cpu, reason_code::new_revision, hours_of(now - since), 0);
    if (!d.silent)
      set_bounds(d);
    gate_history(d, policy);
    hold(d, facts);
    keep_above_live(d);
    round_up(d);
    apply_container_bounds(d, facts);
    apply_hpa_guard(d, facts);
  }
  apply_pod_bounds(drafts, facts);
  for (auto& d : drafts)
    if (!d.off)
      write_target(d);
  if (told != detail::requests)
    apply_limits(drafts, facts);
}

}  // namespace scaleops
