#include "actors/updater/logic/disruption.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

/// How many pods can be taken down one after another without any coming back.
int most(int32_t replicas, double share) {
  replica_state state{replicas, replicas, 0};
  int taken = 0;
  while (taken < replicas && may_disrupt(state, share)) {
    ++taken;
    ++state.away;
    --state.ready;
  }
  return taken;
}

pod_disruption_budget budget(std::string name, int32_t allowed, int32_t healthy, int32_t desired) {
  pod_disruption_budget b;
  b.meta.ns = "shop";
  b.meta.name = std::move(name);
  b.meta.generation = b.observed_generation = 3;
  b.selector.match_labels = {{"app", "web"}};
  b.disruptions_allowed = allowed;
  b.current_healthy = healthy;
  b.desired_healthy = desired;
  return b;
}

object_cache<pod_disruption_budget> cache(std::vector<pod_disruption_budget> all) {
  object_cache<pod_disruption_budget> result;
  for (auto& one : all)
    result.apply({watch_event::type::added, std::make_shared<const object>(one), 1});
  return result;
}

pod_builder web(std::string name) {
  return pod_builder{"shop", std::move(name)}.label("app", "web");
}

}  // namespace

// The VPA's cases: pkg/updater/restriction/pods_restriction_factory_test.go,
// TestEvictReplicatedBy….
TEST_CASE("a share of the replicas may be away, rounded down, at least one") {
  CHECK(most(3, 0.5) == 1);
  CHECK(most(4, 0.5) == 2);
  CHECK(most(5, 0.5) == 2);
  CHECK(most(3, 0.1) == 1);
  CHECK(most(20, 0.1) == 2);
  CHECK(most(1, 0.5) == 1);
}

TEST_CASE("pods that are not ready count as away") {
  CHECK_FALSE(may_disrupt({4, 2, 0}, 0.5));
  CHECK(may_disrupt({4, 3, 0}, 0.5));
  CHECK_FALSE(may_disrupt({4, 3, 2}, 0.5));
  // The last resort of one is for healthy workloads only.
  CHECK_FALSE(may_disrupt({3, 2, 0}, 0.1));
  CHECK_FALSE(may_disrupt({3, 3, 1}, 0.1));
}

TEST_CASE("a budget lets as many go as its status allows, less those under way") {
  auto pods = cache({budget("b", 2, 5, 3)});
  std::vector<std::shared_ptr<const pod>> away;
  CHECK_FALSE(budget_refusal(pods, web("1"), away));
  away.push_back(web("2").shared());
  CHECK_FALSE(budget_refusal(pods, web("1"), away));
  away.push_back(web("3").shared());
  CHECK(budget_refusal(pods, web("1"), away));
  // Pods of others do not count.
  away.back() = pod_builder{"shop", "other"}.shared();
  CHECK_FALSE(budget_refusal(pods, web("1"), away));
}

TEST_CASE("budgets of other pods and namespaces do not matter") {
  auto pods = cache({budget("b", 0, 3, 3)});
  CHECK(budget_refusal(pods, web("1"), {}));
  CHECK_FALSE(budget_refusal(pods, pod_builder{"shop", "other"}, {}));
  CHECK_FALSE(budget_refusal(pods, pod_builder{"elsewhere", "1"}.label("app", "web"), {}));
}

TEST_CASE("two budgets over one pod can never be satisfied") {
  auto why = budget_refusal(cache({budget("a", 5, 5, 0), budget("b", 5, 5, 0)}), web("1"), {});
  REQUIRE(why);
  CHECK(*why == "two PodDisruptionBudgets cover the pod: a and b");
}

TEST_CASE("a budget that was not evaluated yet refuses") {
  auto late = budget("b", 5, 5, 0);
  late.meta.generation = 4;
  CHECK(budget_refusal(cache({late}), web("1"), {}));
}

TEST_CASE("a broken pod may go while the budget is met without it") {
  auto broken = web("1").unready();
  CHECK_FALSE(budget_refusal(cache({budget("b", 0, 3, 3)}), broken, {}));
  CHECK(budget_refusal(cache({budget("b", 0, 2, 3)}), broken, {}));
  CHECK(budget_refusal(cache({budget("b", 0, 0, 0)}), broken, {}));
  pod pending = web("1").unready();
  pending.phase = pod_phase::pending;
  CHECK_FALSE(budget_refusal(cache({budget("b", 0, 2, 3)}), pending, {}));
}

TEST_CASE("pods that ask for peace are left in it") {
  CHECK_FALSE(wants_peace(web("1")));
  CHECK(wants_peace(web("1").annotation(labels::safe_to_evict, "false")));
  CHECK_FALSE(wants_peace(web("1").annotation(labels::safe_to_evict, "true")));
  CHECK(wants_peace(web("1").annotation(labels::do_not_disrupt, "true")));
  CHECK(wants_peace(web("1").annotation(labels::do_not_evict, "true")));
  CHECK_FALSE(wants_peace(web("1").annotation(labels::do_not_evict, "false")));
}
