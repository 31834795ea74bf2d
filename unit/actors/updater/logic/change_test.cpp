#include "actors/updater/logic/change.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

const updater_rules rules;
const policy_spec defaults;

workload_recommendation decision(std::vector<container_recommendation> wishes) {
  return recommend({"shop", "Deployment", "web"}, std::move(wishes), {}).status;
}

resource_change cpu(int64_t from, int64_t to) {
  resource_change change;
  change.request_from = from;
  change.request_to = to;
  change.grows = to > from;
  change.relative = std::abs(double(to - from)) / double(from);
  return change;
}

}  // namespace

TEST_CASE("small containers need a larger relative change") {
  struct row {
    int64_t from, to;
    bool worth;
  };
  for (auto [from, to, worth] : std::vector<row>{
         {10'000, 11'101, true},  // 10 % of much
         {10'000, 10'900, false},
         {1'000, 1'111, true},  // 11.1 %
         {1'000, 1'109, false},
         {100, 120, true},  // 20 %
         {100, 119, false},
         {10, 21, true},  // 110 %
         {10, 20, false},
         {1'000, 835, true},  // down: 16.5 %
         {1'000, 836, false},
         {100, 70, true},  // 30 %
         {100, 71, false},
         {10, 1, false},  // 165 % is not possible: only the bounds bring it down
       }) {
    INFO(from << " to " << to);
    CHECK(worthwhile(cpu(from, to), rules) == worth);
  }
}

TEST_CASE("healing and leaving the bounds are always worth it") {
  auto change = cpu(1000, 1001);
  CHECK_FALSE(worthwhile(change, rules));
  change.urgent = true;
  CHECK(worthwhile(change, rules));
  change.urgent = false;
  change.outside = true;
  CHECK(worthwhile(change, rules));
  resource_change first;
  first.request_to = 100;
  CHECK(worthwhile(first, rules));
}

TEST_CASE("each differing resource is one change, with its direction") {
  pod p = pod_builder{"shop", "web-1"}
            .container("app", res(500, "1Gi"), res(1000, "2Gi"))
            .container("log", res(100, "64Mi"));
  auto wish =
    decision({want("app", res(800, "512Mi"), res(1600, "1Gi")), want("log", res(100, "64Mi"))});
  auto changes = changes_to(p, wish, defaults, {});
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].kind == resource_kind::cpu);
  CHECK(changes[0].grows);
  CHECK(changes[0].relative == Approx(0.6));
  CHECK(changes[1].kind == resource_kind::memory);
  CHECK_FALSE(changes[1].grows);
  CHECK(changes[1].limit_to == mem("1Gi"));
  auto after = with_changes(p.containers, changes);
  CHECK(after[0].resources == container_resources{res(800, "512Mi"), res(1600, "1Gi")});
  CHECK(after[1].resources == p.containers[1].resources);
}

TEST_CASE("a limit that rises alone is growth") {
  pod p = pod_builder{"shop", "web-1"}.container("app", res(500, "1Gi"), res(1000, "2Gi"));
  auto changes = changes_to(p, decision({want("app", {}, res(std::nullopt, "3Gi"))}), defaults, {});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].grows);
  CHECK(changes[0].relative == Approx(0.5));
}

TEST_CASE("being outside of the bounds is seen in both directions") {
  pod p = pod_builder{"shop", "web-1"}.container("app", res(500, "1Gi"));
  auto wish = want("app", res(510, "1000Mi"));
  wish.lower = res(505, "100Mi");
  wish.upper = res(2000, "1010Mi");
  auto changes = changes_to(p, decision({wish}), defaults, {});
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].outside);
  CHECK(changes[1].outside);
  wish.lower = res(400, "100Mi");
  wish.upper = res(2000, "2Gi");
  changes = changes_to(p, decision({wish}), defaults, {});
  CHECK_FALSE(changes[0].outside);
  CHECK_FALSE(changes[1].outside);
}

TEST_CASE("init containers and containers left alone are skipped, sidecars are not") {
  pod p = pod_builder{"shop", "web-1"}
            .container("setup", res(500), {}, container_role::init)
            .container("proxy", res(500), {}, container_role::sidecar)
            .container("app", res(500));
  policy_spec leaves_app = defaults;
  leaves_app.containers = {{"app", true, {}, {}}};
  auto wish = decision({want("setup", res(100)), want("proxy", res(100)), want("app", res(100))});
  auto changes = changes_to(p, wish, leaves_app, {});
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].container == 1);
}

TEST_CASE("only growth is urgent") {
  pod p = pod_builder{"shop", "web-1"}.container("app", res(500, "1Gi"));
  auto wish = want("app", res(400, "2Gi"));
  wish.urgent = true;
  auto changes = changes_to(p, decision({wish}), defaults, {});
  REQUIRE(changes.size() == 2);
  CHECK_FALSE(changes[0].urgent);
  CHECK(changes[1].urgent);
}

TEST_CASE("going back to the origin removes nothing that cannot be removed in place") {
  pod p = pod_builder{"shop", "web-1"}.container("app", res(200, "300Mi"), res(400, "600Mi"));
  std::map<std::string, container_resources> origin{
    {"app", {res(500, "1Gi"), res(std::nullopt, "2Gi")}}};
  auto changes = changes_back(p, origin);
  auto after = with_changes(p.containers, changes);
  CHECK(after[0].resources == container_resources{res(500, "1Gi"), res(400, "2Gi")});
}

TEST_CASE("a restart policy marks the change that it belongs to") {
  pod p = pod_builder{"shop", "web-1"}.container("app", res(500, "1Gi"));
  p.containers[0].resize_memory = resize_policy::restart_container;
  auto changes = changes_to(p, decision({want("app", res(100, "2Gi"))}), defaults, {});
  REQUIRE(changes.size() == 2);
  CHECK_FALSE(changes[0].restarts);
  CHECK(changes[1].restarts);
}
