#include "actors/healthcheck/canary.hpp"

#include <prometheus/registry.h>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "actors/healthcheck/logic/canary_plan.hpp"
#include "unit/support/build.hpp"
#include "unit/support/child.hpp"
#include "unit/support/fake_kube.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct fixture {
  world w;
  fake_kube kube{w};
  canary_actor aut;

  fixture() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "healthcheck-0", 1};
    aut = spawn_child<canary_actor>(
      w, [&](caf::local_actor* self) { return spawn_canary(self, {}, env); });
  }
  health_check fly() {
    auto flown = w.ask<canary_flown>(aut, fly_canary{});
    REQUIRE(flown);
    return flown->check;
  }
  size_t pods() {
    size_t count = 0;
    for (auto& [key, value] : kube.data().objects)
      count += key.kind == object_kind::pod;
    return count;
  }
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a canary pod that comes back unchanged means that the webhook is not there") {
  auto check = fly();
  CHECK(check.name == "webhook");
  CHECK(check.result == check_result::fail);
  CHECK(check.detail.find("created unchanged") != std::string::npos);
  CHECK(check.at == w.wall());
}

TEST_CASE_METHOD(fixture, "the canary flies under a grant of its own and leaves no pod behind") {
  fly();
  fly();
  w.settle();
  CHECK(pods() == 0);
  auto sent = kube.created<pod>();
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].meta.name != sent[1].meta.name);
  CHECK(sent[0].containers.at(0).resources.requests == canary_sent);
  CHECK(kube.created<recommendation>().size() == 1);  // the second flight finds it
  auto wish = kube.find<recommendation>(
    {object_kind::recommendation, std::string(labels::canary_namespace), "deployment-canary", {}});
  REQUIRE(wish);
  REQUIRE(wish->automation);
  CHECK(wish->automation->granted_by.find("healthcheck") != std::string::npos);
  CHECK(wish->status.containers.at(0).target.requests == canary_recommended);
}

TEST_CASE_METHOD(fixture, "the recommendation is fresh at each flight") {
  fly();
  w.run_for(5h);
  fly();
  auto wish = kube.find<recommendation>(
    {object_kind::recommendation, std::string(labels::canary_namespace), "deployment-canary", {}});
  CHECK(wish->status.decided_at == w.wall());
}

TEST_CASE_METHOD(fixture, "what stands in the canary's way is said") {
  kube.data().fail_create = [](const create_object& wish) {
    return kind_of(*wish.object) == object_kind::pod ? ec::forbidden : ec::none;
  };
  auto check = fly();
  CHECK(check.result == check_result::fail);
  CHECK(check.detail.find("no pod could be created") == 0);
  kube.data().fail_create = nullptr;
  kube.data().fail_update = [](const update_object&) { return ec::unavailable; };
  check = fly();
  CHECK(check.result == check_result::fail);
  CHECK(check.detail.find("its recommendation could not be written") == 0);
}
