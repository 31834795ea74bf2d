#include "actors/updater/logic/followed_cluster.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

const workload_ref web{"shop", "Deployment", "web"};

struct cluster {
  followed_cluster followed;

  cluster_news put(object value, watch_event::type what = watch_event::type::modified) {
    return followed.apply({what, std::make_shared<const object>(std::move(value)), 1});
  }
  cluster_news remove(object value) { return put(std::move(value), watch_event::type::deleted); }
  size_t pods(const workload_ref& ref = web) const { return followed.index.pods_of(ref).size(); }
};

pod web_pod(std::string name) {
  return pod_builder{"shop", std::move(name)}
    .owned_by("ReplicaSet", "web-rs")
    .container("app", res(500, "1Gi"));
}

}  // namespace

TEST_CASE("pods that were listed before their owners are put to them once all is there") {
  cluster c;
  c.put(web_pod("web-1"));
  c.put(deployment("shop", "web", 1));
  c.put(replica_set("shop", "web-rs", "web", 1));
  CHECK(c.pods() == 0);
  c.followed.complete();
  CHECK(c.pods() == 1);
  CHECK(c.followed.index.held_on("node-1") == amounts{500, mem("1Gi")});
}

TEST_CASE("a pod that comes before its ReplicaSet is tried again when that comes") {
  cluster c;
  c.followed.complete();
  c.put(web_pod("web-1"));
  CHECK(c.followed.index.unplaced() == 1);
  c.put(replica_set("shop", "web-rs", "web", 1));
  CHECK(c.followed.index.unplaced() == 0);
  CHECK(c.pods() == 1);
  // Nothing was counted twice.
  CHECK(c.followed.index.held_on("node-1") == amounts{500, mem("1Gi")});
}

TEST_CASE("what a node holds follows pods through their lives") {
  cluster c;
  c.put(replica_set("shop", "web-rs", "web", 1));
  c.followed.complete();
  auto one = web_pod("web-1"), two = web_pod("web-2");
  c.put(one);
  c.put(two);
  CHECK(c.followed.index.held_on("node-1") == amounts{1000, mem("2Gi")});
  one.containers[0].resources.requests = res(800, "1Gi");
  c.put(one);
  CHECK(c.followed.index.held_on("node-1") == amounts{1300, mem("2Gi")});
  two.phase = pod_phase::succeeded;
  c.put(two);
  CHECK(c.followed.index.held_on("node-1") == amounts{800, mem("1Gi")});
  CHECK(c.pods() == 1);
  c.remove(two);
  c.remove(one);
  CHECK(c.followed.index.held_on("node-1") == amounts{});
  CHECK(c.pods() == 0);
}

TEST_CASE("each event touches its workload once") {
  cluster c;
  c.put(replica_set("shop", "web-rs", "web", 1));
  c.followed.complete();
  c.followed.index.take_touched();
  c.put(web_pod("web-1"));
  CHECK((c.followed.index.take_touched() == std::set{web}));
  CHECK(c.followed.index.take_touched().empty());
  c.put(recommend(web, {want("app", res(100))}, {}));
  CHECK((c.followed.index.take_touched() == std::set{web}));
}

TEST_CASE("a pod that was replaced under its name goes and comes") {
  cluster c;
  auto before = web_pod("web-0"), after = before;
  after.meta.uid = "another";
  c.put(before);
  auto news = c.put(after);
  REQUIRE(news.pods.size() == 2);
  CHECK(news.pods[0].before->meta.uid == before.meta.uid);
  CHECK_FALSE(news.pods[0].after);
  CHECK_FALSE(news.pods[1].before);
  CHECK(news.pods[1].after->meta.uid == "another");
}

TEST_CASE("healing decisions are urgent news, by object and by message") {
  cluster c;
  auto wish = want("app", res(900));
  CHECK_FALSE(c.put(recommend(web, {wish}, {})).urgent);
  wish.urgent = true;
  auto healing = recommend(web, {wish}, {});
  CHECK(c.put(healing).urgent);
  CHECK(c.followed.tell(std::make_shared<workload_recommendation>(healing.status)));
  CHECK_FALSE(c.followed.tell(nullptr));
  CHECK_FALSE(c.remove(healing).urgent);
}

TEST_CASE("grants, policies and bounds make everything be looked at again") {
  cluster c;
  CHECK(c.put(make_namespace("shop")).rescan);
  automated_namespace grant;
  grant.meta.name = "shop";
  CHECK(c.put(grant).rescan);
  CHECK(c.put(policy{}).rescan);
  CHECK(c.put(limit_range{}).rescan);
  CHECK_FALSE(c.put(make_node("node-1")).rescan);
}

TEST_CASE("the newer of message and object counts, and messages are not kept for ever") {
  cluster c;
  instant t0{std::chrono::hours{1}};
  auto old = recommend(web, {want("app", res(100))}, t0, 1);
  auto fresh = recommend(web, {want("app", res(200))}, t0 + std::chrono::seconds{1}, 2);
  auto cpu = [&] {
    auto wish = c.followed.view.recommendation_of(web);
    return *c.followed.board.decision_for(web, wish)->containers.at(0).target.requests.cpu;
  };
  c.put(old);
  CHECK(cpu() == 100);
  c.followed.tell(std::make_shared<workload_recommendation>(fresh.status));
  CHECK(cpu() == 200);
  CHECK(c.followed.board.told() == 1);
  c.put(fresh);
  CHECK(cpu() == 200);
  CHECK(c.followed.board.told() == 0);
  // An older message that comes late is nothing new.
  c.followed.tell(std::make_shared<workload_recommendation>(old.status));
  CHECK(cpu() == 200);
  CHECK(c.followed.board.told() == 0);
}
