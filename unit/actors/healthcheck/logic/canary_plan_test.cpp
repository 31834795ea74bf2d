#include "actors/healthcheck/logic/canary_plan.hpp"

#include <catch2/catch.hpp>

#include "messages/labels.hpp"

using namespace scaleops;

TEST_CASE("a canary that came back changed and stamped proves the webhook") {
  auto created = canary_pod("1");
  created.containers[0].resources.requests = canary_recommended;
  created.meta.annotations[std::string(labels::admission)] = "patched";
  CHECK(judge_canary(created, {}).result == check_result::pass);
}

TEST_CASE(
  "a canary that came back as sent, or changed by somebody else, fails and says what to look at") {
  CHECK(judge_canary(canary_pod("1"), {}).result == check_result::fail);
  auto foreign = canary_pod("1");
  foreign.containers[0].resources.requests = canary_recommended;
  auto check = judge_canary(foreign, {});
  CHECK(check.result == check_result::fail);
  CHECK(check.detail.find("admissions") != std::string::npos);
}

TEST_CASE("the canary's own recommendation carries a grant and is fresh") {
  instant now{std::chrono::hours{1000}};
  auto canary = canary_recommendation(now);
  REQUIRE(canary.automation);
  CHECK_FALSE(canary.automation->granted_by.empty());
  CHECK(canary.status.decided_at == now);
  CHECK(canary.target ==
        workload_ref{std::string(labels::canary_namespace), "Deployment", "canary"});
}

TEST_CASE("the canary pod names its owner as the API server wants it") {
  auto owners = canary_pod("1").meta.owners;
  REQUIRE(owners.size() == 1);
  CHECK(owners[0].name == "canary");
  CHECK_FALSE(owners[0].uid.empty());
}
