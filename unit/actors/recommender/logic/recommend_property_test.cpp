// What must hold of every recommendation, whatever was learned.
#include <algorithm>
#include <cmath>

#include <catch2/catch.hpp>

#include "actors/recommender/logic/sizing.hpp"
#include "unit/actors/recommender/logic/histories.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

policy_spec plain() {
  policy_spec policy = builtin_policies().at("production");
  policy.minimum_history = 0h;
  policy.cpu.min = policy.memory.min = std::nullopt;
  return policy;
}

/// Targets without anything in force: hysteresis and the history gate do not hide the estimate.
resources bare(const container_state& state, const policy_spec& policy, instant now,
               change_cost cost = change_cost::in_place) {
  container_input input;
  input.name = "app";
  input.state = &state;
  sizing_facts facts;
  facts.cost = cost;
  return recommend_one(input, policy, facts, now).target.requests;
}

/// One of three knobs, from lean (0) to safe (10).
policy_spec turned(int knob, int step) {
  auto policy = plain();
  if (knob == 0)
    policy.cpu.percentile = policy.memory.percentile = 0.5 + step * 0.049;
  else if (knob == 1)
    policy.cpu.headroom = policy.memory.headroom = step * 0.05;
  else
    policy.aggressiveness = 1 - step * 0.1;
  return policy;
}

change_cost drawn_cost() {
  return *rc::gen::element(change_cost::in_place, change_cost::restart);
}

bool says(const container_recommendation& of, resource_kind kind,
          std::initializer_list<reason_code> codes) {
  return std::any_of(of.reasons.begin(), of.reasons.end(), [&](const reason& one) {
    return one.resource == kind && std::find(codes.begin(), codes.end(), one.code) != codes.end();
  });
}

}  // namespace

TEST_CASE("nothing shrinks when percentile or headroom rise or aggressiveness falls") {
  holds("CPU and memory are monotone in each knob", 400, [] {
    auto past = *histories();
    auto state = past.learn();
    auto knob = *rc::gen::inRange(0, 3);
    auto cost = drawn_cost();
    int64_t cpu = 0, memory = 0;
    for (int step = 0; step <= 10; ++step) {
      auto now = bare(state, turned(knob, step), past.end(), cost);
      RC_ASSERT(*now.cpu >= cpu);
      RC_ASSERT(*now.memory >= memory);
      cpu = *now.cpu, memory = *now.memory;
    }
  });
}

TEST_CASE("CPU never shrinks when percentile rises, however little") {
  holds("CPU is monotone in the quantile", 400, [] {
    auto past = *histories();
    auto state = past.learn();
    cpu_question lean, safe;
    lean.quantile = float(*rc::gen::inRange(500, 999)) / 1000;
    safe.quantile = lean.quantile + float(*rc::gen::inRange(0, 1000)) / 1000 * (1 - lean.quantile);
    lean.follow = safe.follow = *rc::gen::arbitrary<bool>();
    auto low = state.cpu().estimate(lean), high = state.cpu().estimate(safe);
    RC_ASSERT(high.expert == low.expert);
    RC_ASSERT(high.value >= low.value);
    RC_ASSERT(state.cpu().quantile(safe.quantile) >= state.cpu().quantile(lean.quantile));
  });
}

TEST_CASE("a knob that is turned while usage comes moves no target the other way") {
  holds("two goals, one history", 100, [] {
    auto past = *histories();
    auto lean_policy = turned(2, *rc::gen::inRange(0, 11)), safe_policy = lean_policy;
    safe_policy.aggressiveness *= *rc::gen::inRange(0, 10) * 0.1;
    container_state lean, safe;
    lean.aim(question_of(lean_policy, "app", change_cost::in_place));
    safe.aim(question_of(safe_policy, "app", change_cost::in_place));
    for (int i = 0; i < past.slots(); ++i) {
      auto at = monday + i * slot_length;
      auto [cpu, memory] = past.levels[size_t(i / past.stretch)];
      for (auto* state : {&lean, &safe})
        state->observe({at, float(cpu), 0, memory * mebi, true});
      RC_ASSERT(*bare(safe, safe_policy, at).cpu >= *bare(lean, lean_policy, at).cpu);
    }
  });
}

TEST_CASE("no target leaves the policy's, the LimitRange's or the node's bounds") {
  holds("bounds hold", 300, [] {
    auto count = *rc::gen::inRange<size_t>(1, 4);
    std::vector<history> pasts;
    std::vector<container_state> states;
    for (size_t i = 0; i < count; ++i)
      states.push_back(pasts.emplace_back(*histories(20)).learn());
    std::vector<container_input> inputs;
    for (auto& state : states)
      inputs.push_back(
        input_of(state, *rc::gen::inRange(1, 5000), *rc::gen::inRange<int64_t>(mebi, 5000 * mebi)));
    auto policy = plain();
    sizing_facts facts;
    facts.limits.emplace();
    auto least = [&](resource_kind kind) {
      return kind == resource_kind::cpu ? *rc::gen::inRange<int64_t>(1, 300)
                                        : *rc::gen::inRange<int64_t>(1, 300 * mebi);
    };
    auto most = [&](resource_kind kind) {
      return kind == resource_kind::cpu ? *rc::gen::inRange<int64_t>(300, 6000)
                                        : *rc::gen::inRange<int64_t>(300 * mebi, 6000 * mebi);
    };
    constexpr auto cpu = resource_kind::cpu, memory = resource_kind::memory;
    policy.cpu.min = least(cpu), policy.cpu.max = most(cpu);
    policy.memory.min = least(memory), policy.memory.max = most(memory);
    facts.limits->container_min = {least(cpu), least(memory)};
    facts.limits->container_max = {most(cpu), most(memory)};
    facts.limits->pod_max = {3 * most(cpu), 3 * most(memory)};
    facts.node_room = {3 * most(cpu), 3 * most(memory)};
    policy.cpu.limit = policy.memory.limit =
      *rc::gen::element(limit_strategy::keep_ratio, limit_strategy::equal_to_request,
                        limit_strategy::multiple, limit_strategy::none);
    auto out = recommend(inputs, policy, facts, pasts.front().end());
    int64_t sum_cpu = 0, sum_memory = 0;
    for (auto& one : out) {
      auto cpu_now = *one.target.requests.cpu, memory_now = *one.target.requests.memory;
      sum_cpu += cpu_now, sum_memory += memory_now;
      RC_ASSERT(cpu_now <= std::min(*policy.cpu.max, *facts.limits->container_max.cpu));
      RC_ASSERT(memory_now <= std::min(*policy.memory.max, *facts.limits->container_max.memory));
      RC_ASSERT(one.target.limits.cpu.value_or(0) <= *facts.limits->container_max.cpu);
      RC_ASSERT(one.target.limits.memory.value_or(0) <= *facts.limits->container_max.memory);
      // Only the pod's sum may press a container below its floor.
      if (!says(one, cpu, {reason_code::node_room, reason_code::limit_range_max}))
        RC_ASSERT(cpu_now >= std::max(*policy.cpu.min, *facts.limits->container_min.cpu));
      if (!says(one, memory, {reason_code::node_room, reason_code::limit_range_max}))
        RC_ASSERT(memory_now >= std::max(*policy.memory.min, *facts.limits->container_min.memory));
    }
    RC_ASSERT(sum_cpu <= std::min(*facts.limits->pod_max.cpu, *facts.node_room.cpu));
    RC_ASSERT(sum_memory <= std::min(*facts.limits->pod_max.memory, *facts.node_room.memory));
  });
}

TEST_CASE("memory never shrinks below what is in use plus five percent") {
  holds("live memory is respected", 300, [] {
    auto past = *histories();
    auto state = past.learn();
    // A pod that leaps in the running five minutes, after a calm past.
    auto leap = *rc::gen::inRange<int64_t>(0, 6000 * mebi);
    state.observe({past.end(), 10, 0, leap, true});
    auto policy = turned(*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 11));
    policy.oom_healing = *rc::gen::arbitrary<bool>();
    auto current = *rc::gen::inRange<int64_t>(mebi, 8000 * mebi);
    sizing_facts facts;
    facts.cost = drawn_cost();
    auto out = recommend_one(input_of(state, 100, current), policy, facts, past.end());
    auto target = *out.target.requests.memory;
    if (target < current)
      RC_ASSERT(double(target) >= double(leap) * 1.05 * (1 - 1e-6));  // peaks are floats
  });
}

TEST_CASE("whatever finite usage comes, nothing is negative, infinite or out of order") {
  holds("answers are finite", 300, [] {
    container_state state;
    auto at = monday;
    auto count = *rc::gen::inRange(1, 80);
    auto real = [] {
      return *rc::gen::oneOf(
        rc::gen::map(rc::gen::arbitrary<int>(), [](int x) { return float(x); }),
        rc::gen::element(0.0f, -1.0f, 1e-30f, 0.5f, 1e8f, 1e9f, 3e38f, -3e38f));
    };
    for (int i = 0; i < count; ++i) {
      at += std::chrono::seconds{*rc::gen::element(0, 15, 60, 300, 3600, 86400, 8640000)};
      usage_sample sample{at, real(), *rc::gen::element(0.0f, 0.04f, 0.5f, 1.0f, -1.0f, 3e38f), 0,
                          *rc::gen::arbitrary<bool>()};
      sample.memory = *rc::gen::oneOf(rc::gen::arbitrary<int64_t>(),
                                      rc::gen::element<int64_t>(-1, 0, 1, int64_t{1} << 53));
      state.observe(sample, *rc::gen::inRange(0u, 4u));
      if (*rc::gen::inRange(0, 10) == 0) {
        oom_event kill;
        kill.at = at;
        kill.memory_limit = *rc::gen::element<int64_t>(0, 1, mebi, int64_t{1} << 53);
        kill.memory_request = *rc::gen::element<int64_t>(0, 1, mebi, int64_t{1} << 53);
        state.observe_oom(kill);
      }
    }
    auto policy = turned(*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 11));
    auto input =
      input_of(state, *rc::gen::element(0, 1, 1000), *rc::gen::element<int64_t>(0, mebi));
    input.current.limits = {*rc::gen::element(1, 10'000'000),
                            *rc::gen::element<int64_t>(1, 1ll << 53)};
    auto out = recommend_one(input, policy, {}, at);
    for (auto kind : {resource_kind::cpu, resource_kind::memory}) {
      auto part = [&](const resources& of) {
        return kind == resource_kind::cpu ? of.cpu : of.memory;
      };
      auto request = part(out.target.requests), limit = part(out.target.limits);
      RC_ASSERT(request.value_or(0) >= 0 && request.value_or(0) <= int64_t{1} << 60);
      if (request && limit)
        RC_ASSERT(*limit >= *request);
      RC_ASSERT(part(out.lower).value_or(0) >= 0);
      if (request)
        RC_ASSERT((part(out.lower) <= request && request <= part(out.upper)));
    }
    RC_ASSERT(out.confidence >= 0 && out.confidence <= 1);
    for (auto& one : out.reasons)
      RC_ASSERT(std::isfinite(one.value) && std::isfinite(one.reference));
    RC_ASSERT(state.throttled() >= 0 && state.throttled() <= 1);
    RC_ASSERT(std::isfinite(state.memory().overruns_a_day(1e9, {})));
    for (float q : {0.0f, 0.5f, 1.0f})
      RC_ASSERT(std::isfinite(state.cpu().quantile(q)) && state.cpu().quantile(q) >= 0);
  });
}
