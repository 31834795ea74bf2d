#include "actors/recommender/logic/evidence.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

const instant monday{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

container_state lived(int slots, float swing) {
  container_state state;
  state.aim(question_of(builtin_policies().at("production"), "app", change_cost::restart));
  for (int i = 0; i < slots; ++i)
    state.observe({monday + i * 5min, 100 + swing * float(i % 12), 0.08f,
                   (int64_t{200} << 20) + int64_t{i % 50} * (1 << 20), true},
                  0);
  state.note_change(resource_kind::cpu, change_cost::restart);
  return state;
}

/// Every field away from its default, two learned containers and one that is new.
decision_evidence full() {
  decision_evidence out;
  out.workload = {"shop", "StatefulSet", "cart"};
  out.decided_at = monday + 50h + 123ms;
  out.policy_name = "mine";
  out.policy_reason = "rule payments (priority 10)";
  policy_spec policy = builtin_policies().at("cost");
  policy.cpu.percentile = 1 / 3.0;
  policy.cpu.headroom = 0.1 + 0.2;
  policy.memory.max = int64_t{3} << 30;
  policy.minimum_history = 90min + 1ms;
  container_policy special;
  special.name = "side*";
  special.memory = policy.memory;
  special.memory->min = 64 << 20;
  policy.containers = {special};
  out.policy = std::make_shared<const policy_spec>(policy);
  out.facts.owner_kind = "StatefulSet";
  out.facts.replicas = 7;
  out.facts.cost = change_cost::restart;
  out.facts.limits.emplace();
  out.facts.limits->container_min = {10, 32 << 20};
  out.facts.limits->pod_max = {8000, std::nullopt};
  out.facts.quota_requests = {64000, int64_t{100} << 30};
  out.facts.node_room = {7500, int64_t{30} << 30};
  out.facts.hpa = {{resource_kind::cpu, "app", 80, std::nullopt},
                   {resource_kind::memory, "", std::nullopt, 1 << 30}};
  out.facts.hpa_moves = true;
  out.containers.resize(3);
  out.containers[0] = {"app",
                       "registry/cart:1",
                       container_role::main,
                       {{2000, int64_t{2} << 30}, {4000, int64_t{4} << 30}},
                       lived(500, 31.7f),
                       monday + 40h};
  out.containers[1] = {"sidecar", "registry/proxy:2", container_role::sidecar,
                       {},        lived(60, 3),       {}};
  out.containers[2].name = "fresh";
  return out;
}

}  // namespace

TEST_CASE("evidence that was saved and loaded makes the same decision, bit for bit") {
  auto evidence = full();
  auto bytes = save_evidence(evidence);
  std::string why;
  auto back = load_evidence(bytes, why);
  INFO(why);
  REQUIRE(back);
  CHECK(save_evidence(*back) == bytes);
  CHECK(back->workload == evidence.workload);
  CHECK(back->decided_at == evidence.decided_at);
  CHECK(back->policy_name == "mine");
  CHECK(back->policy_reason == evidence.policy_reason);
  CHECK(*back->policy == *evidence.policy);
  CHECK(back->facts == evidence.facts);
  CHECK(back->containers == evidence.containers);
  auto first = remake(evidence), again = remake(*back);
  CHECK(first.input_digest == again.input_digest);
  CHECK(first.containers == again.containers);
  CHECK(first.containers[0].target.requests.cpu);
}

TEST_CASE("evidence is a copy: what is learned later does not change it") {
  auto state = lived(100, 5);
  container_input input;
  input.name = "app";
  input.state = &state;
  auto taken = evidence_of(std::array{input});
  auto before = taken;
  state.observe({monday + 100h, 4000, 0, int64_t{8} << 30, true}, 0);
  CHECK(taken == before);
}

TEST_CASE("damaged evidence is refused with a reason, whichever byte it is") {
  auto bytes = save_evidence(full());
  for (size_t i = 0; i < bytes.size(); i += 11) {
    auto damaged = bytes;
    damaged[i] = char(damaged[i] ^ 0x20);
    std::string why;
    CHECK_FALSE(load_evidence(damaged, why));
    CHECK_FALSE(why.empty());
  }
  std::string why;
  CHECK_FALSE(load_evidence("", why));
  CHECK(why == "is not evidence of a recommendation");
  CHECK_FALSE(load_evidence(bytes.substr(0, bytes.size() / 2), why));
  CHECK_FALSE(load_evidence(std::string(5 << 20, 'x'), why));
  CHECK(why == "has 5242880 bytes, more than 4194304");
}

TEST_CASE("evidence of a newer version is refused by its number") {
  std::string why;
  CHECK_FALSE(load_evidence(std::string("\x08\x09", 2), why));
  CHECK(why == "has version 9, known are versions up to 1");
}
