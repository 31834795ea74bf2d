#include "runtime/embedded/object_store.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "runtime/embedded/watch_hub.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace std::chrono_literals;

namespace {

object rule(const std::string& name) {
  policy_rule value;
  value.meta.ns = "ns";
  value.meta.name = name;
  return object{value};
}

const instant t0{std::chrono::hours{1}};

}  // namespace

TEST_CASE("versions rise over all kinds and identities are unique") {
  object_store store;
  std::set<std::string> uids;
  uint64_t last = 0;
  for (int i = 0; i < 1000; ++i) {
    auto at = store.insert(rule("r" + std::to_string(i)), t0);
    auto& meta = meta_of(*at->value);
    CHECK(meta.resource_version > last);
    last = meta.resource_version;
    uids.insert(meta.uid);
  }
  CHECK(uids.size() == 1000);
  CHECK(store.version() == last);
}

TEST_CASE("a stored object is never altered: readers keep what they have") {
  object_store store;
  auto at = store.insert(rule("a"), t0);
  auto before = at->value;
  store.mutate<policy_rule>(at, t0, [](policy_rule& r) { r.spec.priority = 7; });
  CHECK(std::get<policy_rule>(*before).spec.priority == 0);
  CHECK(at->as<policy_rule>().spec.priority == 7);
}

TEST_CASE("workloads of different kinds may share a name") {
  object_store store;
  for (auto kind : {"Deployment", "StatefulSet"}) {
    workload w;
    w.meta.ns = "ns";
    w.meta.name = "db";
    w.kind = kind;
    store.insert(object{w}, t0);
  }
  CHECK(store.find(object_kind::workload, "ns", "db", "Deployment")->as<workload>().kind ==
        "Deployment");
  CHECK(store.find(object_kind::workload, "ns", "db", "StatefulSet")->as<workload>().kind ==
        "StatefulSet");
  CHECK(store.find(object_kind::workload, "ns", "db", "DaemonSet") == nullptr);
}

TEST_CASE("a page token dies of age and of compaction") {
  object_store store;
  for (auto name : {"a", "b", "c"})
    store.insert(rule(name), t0);
  auto first = store.list({object_kind::policy_rule, {}, 1, {}}, t0);
  REQUIRE(first);
  REQUIRE(store.list({object_kind::policy_rule, {}, 1, first->continue_token}, t0 + 4min));
  CHECK(
    store.list({object_kind::policy_rule, {}, 1, first->continue_token}, t0 + 6min).error().code ==
    ec::gone);
  auto again = store.list({object_kind::policy_rule, {}, 1, {}}, t0);
  store.compact();
  CHECK(store.list({object_kind::policy_rule, {}, 1, again->continue_token}, t0).error().code ==
        ec::gone);
}

TEST_CASE("the history forgets by number and by age") {
  history_limits limits;
  limits.events = 10;
  object_store store{limits};
  for (int i = 0; i < 25; ++i)
    store.insert(rule("r" + std::to_string(i)), t0);
  CHECK(store.next_change(object_kind::policy_rule) -
          store.first_change(object_kind::policy_rule) ==
        10);
  CHECK(!store.changes_after(object_kind::policy_rule, 10));
  CHECK(store.changes_after(object_kind::policy_rule, 20));
  store.forget_old(t0 + 6min);
  CHECK(store.next_change(object_kind::policy_rule) ==
        store.first_change(object_kind::policy_rule));
  CHECK(!store.changes_after(object_kind::policy_rule, 20));
  CHECK(store.changes_after(object_kind::policy_rule, store.version()));
}

TEST_CASE("a watch that falls behind the history is closed as gone") {
  history_limits limits;
  limits.events = 10;
  object_store store{limits};
  watch_hub hub{store, std::chrono::minutes{1}};
  store.insert(rule("first"), t0);
  auto slow = hub.open(object_kind::policy_rule, store.version(), t0);
  REQUIRE(slow);
  store.insert(rule("second"), t0);
  REQUIRE(hub.collect(t0).size() == 1);
  for (int i = 0; i < 11; ++i)
    store.insert(rule("r" + std::to_string(i)), t0);
  auto end = hub.collect(t0);  // not acknowledged in time
  REQUIRE(end.size() == 1);
  CHECK(end[0].closed == ec::gone);
  CHECK(hub.size() == 0);
}

TEST_CASE("a watch from version 0 begins with all that is there") {
  object_store store;
  watch_hub hub{store, std::chrono::minutes{1}};
  store.insert(rule("b"), t0);
  store.insert(rule("a"), t0);
  auto all = hub.open(object_kind::policy_rule, 0, t0);
  REQUIRE(all);
  store.insert(rule("c"), t0);
  auto told = hub.collect(t0);
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].events.size() == 3);
  CHECK(meta_of(*told[0].events[0].object).name == "a");
  CHECK(meta_of(*told[0].events[2].object).name == "c");
  CHECK(hub.collect(t0).empty());  // nothing more before the acknowledgement
}

TEST_CASE("dropped watches are told why") {
  object_store store;
  watch_hub hub{store, std::chrono::minutes{1}};
  store.insert(rule("a"), t0);
  REQUIRE(hub.open(object_kind::policy_rule, store.version(), t0));
  REQUIRE(hub.open(object_kind::pod, store.version(), t0));
  hub.drop(object_kind::pod, ec::unavailable);
  auto told = hub.collect(t0);
  REQUIRE(told.size() == 1);
  CHECK(told[0].closed == ec::unavailable);
  CHECK(hub.size() == 1);
  CHECK(hub.open(object_kind::pod, store.version() + 1, t0).error().code == ec::invalid);
}

TEST_CASE("a rewound watch hears old changes again") {
  object_store store;
  watch_hub hub{store, std::chrono::minutes{1}};
  store.insert(rule("a"), t0);
  auto id = hub.open(object_kind::policy_rule, store.version(), t0);
  REQUIRE(id);
  store.insert(rule("b"), t0);
  REQUIRE(hub.collect(t0)[0].events.size() == 1);
  hub.ack(*id);
  hub.rewind(5);
  auto again = hub.collect(t0);
  REQUIRE(again.size() == 1);
  CHECK(again[0].events.size() == 2);  // even what came before it was opened
}
