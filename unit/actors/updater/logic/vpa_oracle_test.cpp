// The Vertical Pod Autoscaler's published cases (v1.8.1, pkg/updater) where the updater has the
// same rule, and our own answer with the reason where it differs on purpose.
#include <algorithm>

#include <catch2/catch.hpp>

#include "actors/updater/logic/change.hpp"
#include "actors/updater/logic/disruption.hpp"
#include "actors/updater/logic/planner.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

pod_wish wish(std::string pod_name, bool grows, double score) {
  pod_wish out;
  out.workload = {"shop", "Deployment", "web"};
  out.target = pod_builder{"shop", std::move(pod_name)}.shared();
  out.grows = grows;
  out.score = score;
  return out;
}

std::vector<std::string> ordered(std::vector<pod_wish> wishes) {
  std::sort(wishes.begin(), wishes.end(), goes_before);
  std::vector<std::string> names;
  for (auto& one : wishes)
    names.push_back(one.target->meta.name);
  return names;
}

/// Changes from a pod of one container to its target.
std::vector<resource_change> changes(resources from, resources to, resources lower = {},
                                     resources upper = {}) {
  auto target = want("app", to);
  target.lower = lower;
  target.upper = upper;
  auto decision = recommend({"shop", "Deployment", "web"}, {target}, {}).status;
  pod running = pod_builder{"shop", "web-1"}.container("app", from);
  return changes_to(running, decision, {}, {});
}

/// How many of all the replicas can go one after another.
int evictable(int32_t replicas, double tolerance) {
  replica_state state{replicas, replicas, 0};
  int gone = 0;
  for (; gone < replicas && may_disrupt(state, tolerance); ++gone) {
    ++state.away;
    --state.ready;
  }
  return gone;
}

}  // namespace

// updater/priority/update_priority_calculator_test.go TestSortPriority: 9 > 4 > 2.33 > 1.5.
TEST_CASE("VPA: the larger relative difference goes first") {
  CHECK(ordered({wish("POD1", true, 4), wish("POD2", true, 1.5), wish("POD3", true, 9),
                 wish("POD4", true, 2.33)}) ==
        std::vector<std::string>{"POD3", "POD1", "POD4", "POD2"});
}

// TestSortPriorityResourcesDecrease: growth first, then what gives back more.
TEST_CASE("VPA: growth goes before shrinking") {
  CHECK(ordered({wish("POD1", true, 0.25), wish("POD2", false, 0.25), wish("POD3", false, 0.5)}) ==
        std::vector<std::string>{"POD1", "POD3", "POD2"});
}

// TestLessPodPriority: a strict order of two.
TEST_CASE("VPA: of two wishes one goes first") {
  CHECK(goes_before(wish("a", true, 1.0), wish("b", true, 0.1)));
  CHECK_FALSE(goes_before(wish("b", true, 0.1), wish("a", true, 1.0)));
  CHECK(goes_before(wish("a", false, 0.9), wish("b", false, 0.1)));
  CHECK(goes_before(wish("a", true, 0.1), wish("b", false, 0.9)));
}

// updater/priority/priority_processor_test.go TestGetUpdatePriority.
TEST_CASE("VPA: the relative difference of one resource") {
  struct row {
    int64_t from, to;
    double difference;
    bool grows;
  };
  for (auto [from, to, difference, grows] :
       {row{2000, 10'000, 4.0, true}, row{4000, 2000, 0.5, false}, row{10, 900, 89.0, true},
        row{4000, 10'000, 1.5, true}, row{8000, 2000, 0.75, false}}) {
    auto all = changes(res(from), res(to));
    CAPTURE(from, to);
    REQUIRE(all.size() == 1);
    CHECK(all[0].relative == Approx(difference));
    CHECK(all[0].grows == grows);
  }
  CHECK(changes(res(2000), res(2000)).empty());  // no resource diff
}

TEST_CASE("VPA: outside of the recommended range, upwards and downwards") {
  CHECK(changes(res(4000), res(10'000), res(6000), res(14'000)).at(0).outside);
  CHECK(changes(res(8000), res(2000), res(1000), res(3000)).at(0).outside);
  CHECK_FALSE(changes(res(2500), res(2000), res(1000), res(3000)).at(0).outside);
}

// "multiple resources, both scale up": 1.0 + 1.0. "only one scale up" counts 1.0 + 0.5, and is
// growth as a whole. Ours keeps the directions apart, because schedules and modes are set for each;
// the score is the same sum.
TEST_CASE("VPA: the differences of CPU and memory add up") {
  auto sum = [](const std::vector<resource_change>& all) {
    double score = 0;
    for (auto& one : all)
      score += one.relative;
    return score;
  };
  CHECK(sum(changes(res(3000, "10M"), res(6000, "20M"))) == Approx(2.0));
  CHECK(sum(changes(res(4000, "20M"), res(2000, "10M"))) == Approx(1.0));
  auto mixed = changes(res(4000, "10M"), res(2000, "20M"));
  CHECK(sum(mixed) == Approx(1.5));
  REQUIRE(mixed.size() == 2);
  CHECK_FALSE(mixed[0].grows);
  CHECK(mixed[1].grows);
}

// updater/restriction/pods_restriction_factory_test.go TestEvictReplicatedByReplicaSet and others.
TEST_CASE("VPA: half of three is one, half of four is two") {
  CHECK(evictable(3, 0.5) == 1);
  CHECK(evictable(4, 0.5) == 2);
}

// updater/restriction/pods_eviction_restriction_test.go TestEvictionTolerance, TestEvictAtLeastOne.
TEST_CASE("VPA: four fifths of five are four, a tenth of five still lets one go") {
  CHECK(evictable(5, 0.8) == 4);
  CHECK(evictable(5, 0.1) == 1);
}

// TestEvictTooFewReplicas: theirs refuses below --min-replicas even if asked for. Ours counts what
// is ready instead: of five wanted with one down already, a tenth lets nobody go.
TEST_CASE("ours: where a pod is down already, the only one that may go has gone") {
  CHECK_FALSE(may_disrupt({5, 4, 0}, 0.1));
  CHECK(may_disrupt({5, 4, 0}, 0.5));
}
