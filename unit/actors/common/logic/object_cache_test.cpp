#include "actors/common/logic/object_cache.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

watch_event event_of(watch_event::type what, object value) {
  watch_event event;
  event.what = what;
  event.object = std::make_shared<const object>(std::move(value));
  return event;
}

workload owned(std::string kind, std::string ns, std::string name, int32_t replicas = 1) {
  workload one;
  one.kind = std::move(kind);
  one.meta.ns = std::move(ns);
  one.meta.name = std::move(name);
  one.replicas = replicas;
  return one;
}

constexpr auto modified = watch_event::type::modified;
constexpr auto deleted = watch_event::type::deleted;

}  // namespace

TEST_CASE("an object is found by all parts of its name, and by nothing less") {
  object_cache<workload> cache;
  for (auto kind : {"Deployment", "ReplicaSet"})
    for (auto ns : {"blog", "shop"})
      cache.apply(event_of(modified, owned(kind, ns, "web")));
  REQUIRE(cache.size() == 4);
  auto found = cache.find("shop", "web", "ReplicaSet");
  REQUIRE(found);
  CHECK((found->meta.ns == "shop" && found->kind == "ReplicaSet"));
  CHECK_FALSE(cache.find("shop", "web"));
  CHECK_FALSE(cache.find("shop", "we", "bReplicaSet"));
  CHECK_FALSE(cache.find("sho", "pweb", "ReplicaSet"));
}

TEST_CASE(
  "an object that is told again replaces the one before, whose end leaves its name in place") {
  object_cache<workload> cache;
  cache.apply(event_of(modified, owned("Deployment", "shop", "web", 1)));
  auto change = cache.apply(event_of(modified, owned("Deployment", "shop", "web", 2)));
  REQUIRE((change.before && change.after));
  CHECK((change.before->replicas == 1 && change.after->replicas == 2));
  change = {};  // the first object is gone, and so are the texts that it was known by
  CHECK(cache.size() == 1);
  REQUIRE(cache.find("shop", "web", "Deployment"));
  CHECK(cache.find("shop", "web", "Deployment")->replicas == 2);
}

TEST_CASE("a deleted object is found no more, and an unknown one is told as it was") {
  object_cache<workload> cache;
  cache.apply(event_of(modified, owned("Deployment", "shop", "web", 3)));
  auto change = cache.apply(event_of(deleted, owned("Deployment", "shop", "web", 0)));
  REQUIRE(change.before);
  CHECK((change.before->replicas == 3 && !change.after));
  CHECK(cache.empty());
  CHECK_FALSE(cache.find("shop", "web", "Deployment"));
  change = cache.apply(event_of(deleted, owned("Deployment", "shop", "web", 0)));
  REQUIRE(change.before);
  CHECK((change.before->replicas == 0 && cache.empty()));
}

TEST_CASE("a walk goes by namespace, kind and name, whatever came first") {
  object_cache<workload> cache;
  for (int i = 99; i >= 0; --i)
    cache.apply(event_of(modified, owned(i % 2 ? "Job" : "Deployment", i % 3 ? "shop" : "blog",
                                         "w" + std::to_string(i))));
  std::string last;
  for (auto& [key, one] : cache.all()) {
    auto text = one->meta.ns + "/" + one->kind + "/" + one->meta.name;
    CHECK(last < text);
    last = text;
    CHECK(cache.find(key.ns, key.object, key.subkind) == one);
  }
  auto [first, end] = cache.in_namespace("blog");
  CHECK(std::distance(first, end) == 34);
}

TEST_CASE("copied or moved, a cache finds all and leaves the other one alone") {
  object_cache<workload> before;
  before.apply(event_of(modified, owned("Deployment", "shop", "web", 1)));
  auto copy = before;
  before.apply(event_of(modified, owned("Deployment", "shop", "web", 2)));
  CHECK(copy.find("shop", "web", "Deployment")->replicas == 1);
  copy.apply(event_of(deleted, owned("Deployment", "shop", "web")));
  auto after = std::move(before);
  REQUIRE(after.find("shop", "web", "Deployment"));
  CHECK(after.find("shop", "web", "Deployment")->replicas == 2);
  copy = after;
  after = {};
  REQUIRE(copy.find("shop", "web", "Deployment"));
  CHECK(copy.find("shop", "web", "Deployment")->replicas == 2);
}
