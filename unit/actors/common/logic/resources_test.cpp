#include "actors/common/logic/resources.hpp"

#include <catch2/catch.hpp>

#include "actors/common/logic/limits.hpp"
#include "actors/common/logic/pattern.hpp"
#include "actors/common/logic/resources_json.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

std::vector<container_spec> containers(const pod& of) {
  return of.containers;
}

}  // namespace

TEST_CASE("a pod's requests are the larger of running and starting") {
  auto sum = [](const pod& of) { return pod_requests(of.containers); };
  pod plain = pod_builder{"a", "p"}.container("x", res(100, "1Gi")).container("y", res(200, "1Gi"));
  CHECK(sum(plain) == amounts{300, mem("2Gi")});
  // An init container that needs more than all others together decides.
  pod init = pod_builder{"a", "p"}
               .container("i", res(1000, "1Mi"), {}, container_role::init)
               .container("x", res(100, "1Gi"));
  CHECK(sum(init) == amounts{1000, mem("1Gi")});
  // A sidecar runs beside the init container that follows it, and beside the main containers.
  pod sidecar = pod_builder{"a", "p"}
                  .container("s", res(50, "100Mi"), {}, container_role::sidecar)
                  .container("i", res(1000, "1Mi"), {}, container_role::init)
                  .container("x", res(100, "1Gi"));
  CHECK(sum(sidecar) == amounts{1050, mem("1Gi") + mem("100Mi")});
  // A missing request defaults to the limit.
  pod limit_only = pod_builder{"a", "p"}.container("x", {}, res(400, "1Gi"));
  CHECK(sum(limit_only) == amounts{400, mem("1Gi")});
}

TEST_CASE("while a resize is under way the larger of wish and admitted counts") {
  pod p = pod_builder{"a", "p"}.container("x", res(500, "1Gi"));
  p.containers[0].resources.requests = res(200, "2Gi");
  CHECK(held_requests(p) == amounts{500, mem("2Gi")});
  p.resize.pending = resize_status::pending_reason::infeasible;
  CHECK(held_requests(p) == amounts{500, mem("1Gi")});
}

TEST_CASE("the QoS class is kept where it can be") {
  struct row {
    const char* name;
    container_resources before, wanted;
    bool kept;
    container_resources result;
  };
  auto table = std::vector<row>{
    {"burstable stays",
     {res(100, "1Gi"), res(200, "2Gi")},
     {res(150, "1Gi"), res(200, "2Gi")},
     true,
     {res(150, "1Gi"), res(200, "2Gi")}},
    {"guaranteed drags its limits along",
     {res(100, "1Gi"), res(100, "1Gi")},
     {res(150, "512Mi"), res(200, "1Gi")},
     true,
     {res(150, "512Mi"), res(150, "512Mi")}},
    {"burstable that would become guaranteed keeps a millicore of distance",
     {res(100, "1Gi"), res(200, "2Gi")},
     {res(150, "1Gi"), res(150, "1Gi")},
     true,
     {res(150, "1Gi"), res(151, "1Gi")}},
    {"best effort cannot be given anything in place",
     {{}, {}},
     {res(150, "1Gi"), {}},
     false,
     {res(150, "1Gi"), {}}},
  };
  for (auto& one : table) {
    INFO(one.name);
    auto before =
      containers(pod_builder{"a", "p"}.container("x", one.before.requests, one.before.limits));
    auto after =
      containers(pod_builder{"a", "p"}.container("x", one.wanted.requests, one.wanted.limits));
    CHECK(keep_qos(before, after) == one.kept);
    CHECK(after[0].resources == one.result);
  }
}

TEST_CASE("resources survive the way through an annotation") {
  named_resources value{{"app", {res(250, "128Mi"), res(std::nullopt, "1Gi")}}, {"sidecar", {}}};
  auto text = write_resources(value);
  CHECK(
    text ==
    R"({"app":{"limits":{"memory":"1Gi"},"requests":{"cpu":"250m","memory":"128Mi"}},"sidecar":{}})");
  auto back = read_resources(text);
  REQUIRE(back);
  CHECK((*back == value));
}

TEST_CASE("an annotation that is not ours is not understood") {
  for (auto text : {"", "x", "[]", "null", R"({"app":1})", R"({"app":{"requests":{"cpu":5}}})",
                    R"({"app":{"requests":{"cpu":"-5"}}})", R"({"app":{"other":{}}})",
                    R"({"app":{"requests":{"gpu":"1"}}})"}) {
    INFO(text);
    CHECK_FALSE(read_resources(text));
  }
}

TEST_CASE("several LimitRanges act as the narrowest of them") {
  limit_range wide, narrow;
  wide.container_min = res(10, "16Mi");
  wide.container_max = res(4000, "8Gi");
  narrow.container_min = res(50);
  narrow.container_max = res(std::nullopt, "4Gi");
  limit_bounds bounds;
  bounds.narrow(wide);
  bounds.narrow(narrow);
  CHECK(bounds.container_min == res(50, "16Mi"));
  CHECK(bounds.container_max == res(4000, "4Gi"));
  container_resources value{res(20, "6Gi"), res(5000, "10Gi")};
  REQUIRE(fit_container(bounds, value));
  CHECK(value == container_resources{res(50, "4Gi"), res(4000, "4Gi")});
  limit_range impossible;
  impossible.container_max = res(40);
  bounds.narrow(impossible);
  CHECK_FALSE(fit_container(bounds, value));
}

TEST_CASE("a pod's bounds hold against the sum of its containers") {
  limit_bounds bounds;
  bounds.pod_max = res(300);
  bounds.pod_min = res(std::nullopt, "1Gi");
  auto two = [](int64_t cpu, std::string_view memory) {
    return containers(
      pod_builder{"a", "p"}.container("x", res(cpu, memory)).container("y", res(100, "256Mi")));
  };
  CHECK_FALSE(limit_violation(bounds, two(200, "768Mi")));
  CHECK(limit_violation(bounds, two(201, "768Mi")));
  CHECK(limit_violation(bounds, two(200, "767Mi")));
}

TEST_CASE("a quota refuses what goes over it and nothing that shrinks") {
  resource_quota quota;
  quota.meta.name = "team";
  quota.hard_requests = res(1000, "4Gi");
  quota.used_requests = res(900, "5Gi");  // over already: lowered after the fact
  CHECK_FALSE(quota_violation(quota, {100, 0}, {}));
  auto why = quota_violation(quota, {101, 0}, {});
  REQUIRE(why);
  CHECK(*why == "ResourceQuota team has 100m of cpu requests left, 101m more are needed");
  CHECK(quota_violation(quota, {0, 1}, {}));
  CHECK_FALSE(quota_violation(quota, {-5, -5}, {1'000'000, 1}));
}

TEST_CASE("shell patterns match as a shell does") {
  CHECK(matches_pattern("*", ""));
  CHECK(matches_pattern("istio-*", "istio-proxy"));
  CHECK(matches_pattern("a?c", "abc"));
  CHECK(matches_pattern("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(matches_pattern("a?c", "ac"));
  CHECK_FALSE(matches_pattern("", "a"));
  CHECK_FALSE(matches_pattern("*b", "bc"));
}
