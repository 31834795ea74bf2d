#include "actors/recommender/logic/recommend.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

const instant monday{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

/// `hours` of flat usage, one sample per pod and five minutes.
container_state flat(double hours, float cpu, int64_t memory, uint32_t pods = 1) {
  container_state state;
  for (int i = 0; i < int(hours * 12); ++i)
    for (uint32_t pod = 0; pod < pods; ++pod)
      state.observe({monday + i * 5min, cpu, 0, memory, true}, pod);
  return state;
}

container_input input(const container_state& state, int64_t cpu, int64_t memory) {
  container_input out;
  out.name = "app";
  out.current.requests = {cpu, memory};
  out.state = &state;
  return out;
}

const policy_spec& production() {
  return builtin_policies().at("production");
}

}  // namespace

TEST_CASE("a flat container is sized a little above its usage") {
  auto state = flat(72, 200, 512 << 20);
  std::array inputs{input(state, 4000, int64_t{8} << 30)};
  auto out = recommend(inputs, production(), {}, monday + 72h);
  REQUIRE(out.size() == 1);
  CHECK(*out[0].target.requests.cpu > 200);
  CHECK(*out[0].target.requests.cpu < 280);
  CHECK(*out[0].target.requests.memory > 512 << 20);
  CHECK(*out[0].target.requests.memory < 700 << 20);
  CHECK_FALSE(out[0].reasons.empty());
}

TEST_CASE("nothing shrinks before the history gate, growth is immediate") {
  auto state = flat(1, 200, 512 << 20);
  std::array large{input(state, 4000, int64_t{8} << 30)}, small{input(state, 50, 128 << 20)};
  auto kept = recommend(large, production(), {}, monday + 1h);
  CHECK(kept[0].target.requests.cpu == 4000);
  CHECK(kept[0].target.requests.memory == int64_t{8} << 30);
  auto grown = recommend(small, production(), {}, monday + 1h);
  CHECK(*grown[0].target.requests.cpu > 200);
  CHECK(*grown[0].target.requests.memory > 512 << 20);
}

TEST_CASE("by restart CPU is given back no sooner than a tenth of the age after a change") {
  auto state = flat(200, 200, 512 << 20);
  state.aim(question_of(production(), "app", change_cost::restart));
  sizing_facts by_restart, in_place;
  by_restart.cost = change_cost::restart;
  auto shrinks_to = [&](const sizing_facts& facts, instant now) {
    std::array inputs{input(state, 900, int64_t{1} << 30)};
    return *recommend(inputs, production(), facts, now)[0].target.requests.cpu;
  };
  CHECK(shrinks_to(by_restart, monday + 200h) < 300);
  state.note_change(resource_kind::cpu, change_cost::restart);
  auto pass = [&](int hour) {
    for (int i = 0; i < 12; ++i)
      state.observe({monday + std::chrono::hours{hour} + i * 5min, 200, 0, 512 << 20, true}, 0);
  };
  int hour = 200;
  for (; hour < 219; ++hour) {
    pass(hour);
    INFO(hour);
    CHECK(shrinks_to(by_restart, monday + std::chrono::hours{hour + 1}) == 900);
    CHECK(shrinks_to(in_place, monday + std::chrono::hours{hour + 1}) < 300);
  }
  for (; hour < 226; ++hour)
    pass(hour);
  CHECK(shrinks_to(by_restart, monday + 226h) < 300);
}

TEST_CASE("by restart the steady level is followed, not the peak of each day") {
  // Working days at 200 with four hours at 300, its height a little different each day.
  auto learned = [](change_cost cost) {
    container_state state;
    state.aim(question_of(production(), "app", cost));
    for (int i = 0; i < 20 * 288; ++i) {
      float peak = 300 + float(i / 288 * 7919 % 40);
      state.observe({monday + i * 5min, i % 288 < 48 ? peak : 200.0f, 0, 512 << 20, true}, 0);
    }
    return state;
  };
  auto state = learned(change_cost::restart);
  auto answer = state.cpu().estimate(question_of(production(), "app", change_cost::restart));
  CHECK(answer.expert == cpu_expert::slow);
}

TEST_CASE("one pod, ten and ten thousand with the same distribution get the same recommendation") {
  auto target = [](uint32_t pods) {
    auto state = flat(48, 300, 256 << 20, pods);
    std::array inputs{input(state, 1000, 1 << 30)};
    return recommend(inputs, production(), {}, monday + 48h)[0].target;
  };
  auto one = target(1);
  CHECK(target(10) == one);
  CHECK(target(10'000) == one);
}

TEST_CASE("a container without history keeps what it has") {
  container_state nothing;
  std::array inputs{input(nothing, 500, 1 << 30)};
  auto out = recommend(inputs, production(), {}, monday);
  CHECK(out[0].target == container_resources{});
  CHECK(out[0].reasons[0].code == reason_code::no_history);
}

TEST_CASE("a container that is killed before it was ever measured gets more memory, and keeps it") {
  container_state state;
  oom_event kill;
  kill.at = monday;
  kill.memory_limit = kill.memory_request = 1000 << 20;
  state.observe_oom(kill);
  std::array inputs{input(state, 500, 1000 << 20)};
  auto out = recommend(inputs, production(), {}, monday + 1s);
  CHECK(out[0].target.requests.memory == 1200 << 20);
  CHECK_FALSE(out[0].target.requests.cpu);
  CHECK(out[0].urgent);
  CHECK(recommend(inputs, production(), {}, monday + 48h)[0].target.requests.memory == 1200 << 20);
  // Neither a merge nor a checkpoint forgets it.
  std::string why;
  auto loaded = container_state::load(state.save(), why);
  REQUIRE(loaded);
  container_state merged;
  merged.merge(*loaded);
  CHECK(merged == state);
  auto measured = flat(1, 10, 100 << 20);
  measured.merge(state);
  CHECK(measured.memory().last_kill() == state.memory().last_kill());
}

TEST_CASE("bounds hold to the byte, whatever their alignment") {
  auto state = flat(48, 3000, int64_t{6} << 30);
  policy_spec policy = production();
  policy.memory.max = 1'000'000'001;
  std::array inputs{input(state, 100, 1 << 20)};
  CHECK(recommend(inputs, policy, {}, monday + 48h)[0].target.requests.memory == 1'000'000'001);
}

TEST_CASE(
  "where the LimitRange lets no limit rise, a request one unit lower keeps a pod burstable") {
  auto state = flat(48, 3000, int64_t{6} << 30);
  auto one = input(state, 500, int64_t{1} << 30);
  one.current.limits = {1000, int64_t{2} << 30};
  policy_spec policy = production();
  policy.cpu.limit = policy.memory.limit = limit_strategy::equal_to_request;
  sizing_facts facts;
  facts.limits.emplace();
  facts.limits->container_max = {800, int64_t{1} << 30};
  std::array inputs{one};
  auto out = recommend(inputs, policy, facts, monday + 48h);
  CHECK(out[0].target.limits == resources{800, int64_t{1} << 30});
  CHECK(out[0].target.requests == resources{799, int64_t{1} << 30});
}

TEST_CASE("the pod's sum never exceeds the largest node's room") {
  auto state = flat(48, 3000, int64_t{6} << 30);
  std::array inputs{input(state, 100, 1 << 30), input(state, 100, 1 << 30)};
  sizing_facts facts;
  facts.node_room = {4000, int64_t{8} << 30};
  auto out = recommend(inputs, production(), facts, monday + 48h);
  CHECK(*out[0].target.requests.cpu + *out[1].target.requests.cpu <= 4000);
  CHECK(*out[0].target.requests.memory + *out[1].target.requests.memory <= int64_t{8} << 30);
}

TEST_CASE("guaranteed pods stay guaranteed and burstable ones burstable") {
  auto state = flat(48, 200, 512 << 20);
  auto guaranteed = input(state, 4000, int64_t{8} << 30);
  guaranteed.current.limits = guaranteed.current.requests;
  policy_spec policy = production();
  policy.cpu.limit = limit_strategy::multiple;
  std::array inputs{guaranteed};
  auto out = recommend(inputs, policy, {}, monday + 48h);
  CHECK(out[0].target.limits == out[0].target.requests);
  auto burstable = input(state, 4000, int64_t{8} << 30);
  burstable.current.limits = {8000, int64_t{16} << 30};
  policy.cpu.limit = policy.memory.limit = limit_strategy::equal_to_request;
  std::array others{burstable};
  out = recommend(others, policy, {}, monday + 48h);
  CHECK(qos_of({out[0].target}) == qos_class::burstable);
}

TEST_CASE(
  "resources that an autoscaler scales on stay where they are unless its target moves too") {
  auto state = flat(48, 200, 512 << 20);
  std::array inputs{input(state, 4000, int64_t{8} << 30)};
  sizing_facts facts;
  facts.hpa.push_back({resource_kind::cpu, "", 80, std::nullopt});
  auto out = recommend(inputs, production(), facts, monday + 48h);
  CHECK(out[0].target.requests.cpu == 4000);
  CHECK(*out[0].target.requests.memory < int64_t{8} << 30);
  facts.hpa_moves = true;
  CHECK(*recommend(inputs, production(), facts, monday + 48h)[0].target.requests.cpu < 4000);
}

TEST_CASE("the digest changes with every input and repeats for equal ones") {
  auto state = flat(24, 200, 512 << 20);
  std::array inputs{input(state, 4000, int64_t{8} << 30)};
  auto digest = input_digest(inputs, production(), {}, monday);
  CHECK(digest.size() == 64);
  CHECK(digest == input_digest(inputs, production(), {}, monday));
  CHECK(digest != input_digest(inputs, production(), {}, monday + 1ms));
  CHECK(digest != input_digest(inputs, builtin_policies().at("cost"), {}, monday));
}

TEST_CASE("requests alone are the same requests") {
  auto state = flat(72, 200, 512 << 20);
  std::array inputs{input(state, 4000, int64_t{8} << 30)};
  std::vector<container_recommendation> lean;
  recommend(inputs, production(), {}, monday + 72h, lean, detail::requests);
  auto full = recommend(inputs, production(), {}, monday + 72h);
  CHECK(lean[0].target.requests == full[0].target.requests);
  CHECK(lean[0].reasons.empty());
  CHECK_FALSE(full[0].reasons.empty());
}
