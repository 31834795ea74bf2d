#include "actors/admissions/logic/patch.hpp"

#include <catch2/catch.hpp>

#include "actors/common/logic/stamps.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;
using verdict = admission_verdict;

namespace {

const instant t0{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};

struct desk {
  admission_snapshot snapshot;
  patch_config config;
  std::vector<container_recommendation> wishes{want("app", res(200, "300Mi"), res(400, "600Mi"))};
  policy_spec policy;

  desk() {
    snapshot.complete = true;
    put(make_namespace("shop"));
    put(deployment("shop", "web", 3));
    put(replica_set("shop", "web-rs", "web", 3));
    put(make_node("node-1", 4000, "16Gi"));
    snapshot.largest_node = snapshot.view.largest_node();
  }

  void put(object value) {
    snapshot.view.apply(
      {watch_event::type::added, std::make_shared<const object>(std::move(value)), 1});
  }

  admission_response ask(const pod& subject, instant now = t0 + 1min) {
    auto wish = recommend({"shop", "Deployment", "web"}, wishes, t0, 7);
    wish.status.policy = "custom";
    put(wish);
    scaleops::policy custom;
    custom.meta.ns = "scaleops-system";
    custom.meta.name = "custom";
    custom.spec = policy;
    put(custom);
    return decide({"u", "shop", std::make_shared<const pod>(subject), false}, snapshot, config,
                  now);
  }

  static pod_builder web(resources requests = res(500, "1Gi"),
                         resources limits = res(1000, "2Gi")) {
    pod_builder b{"shop", "web-1"};
    b.owned_by("ReplicaSet", "web-rs").container("app", requests, limits);
    return b;
  }
};

pod applied(pod subject, const admission_response& answer) {
  for (auto& part : answer.containers)
    subject.containers[*find_container(subject.containers, part.container)].resources =
      part.resources;
  for (auto& [key, value] : answer.labels)
    subject.meta.labels[key] = value;
  for (auto& [key, value] : answer.annotations)
    subject.meta.annotations[key] = value;
  return subject;
}

}  // namespace

TEST_CASE("the patch carries resources, stamps and nothing else") {
  desk d;
  auto answer = d.ask(desk::web());
  CHECK(answer.verdict == verdict::patched);
  CHECK(answer.uid == "u");
  REQUIRE(answer.containers.size() == 1);
  CHECK(answer.containers[0].resources ==
        container_resources{res(200, "300Mi"), res(400, "600Mi")});
  CHECK(answer.labels ==
        string_map{{"scaleops.sh/managed", "true"}, {"scaleops.sh/applied-recommendation", "7"}});
  CHECK(
    answer.annotations ==
    string_map{
      {"scaleops.sh/admission", "patched"},
      {"scaleops.sh/applied-policy", "custom"},
      {"scaleops.sh/managed-containers", "app"},
      {"scaleops.sh/last-applied-resources",
       R"({"app":{"limits":{"cpu":"400m","memory":"600Mi"},"requests":{"cpu":"200m","memory":"300Mi"}}})"},
      {"scaleops.sh/origin-resources",
       R"({"app":{"limits":{"cpu":"1","memory":"2Gi"},"requests":{"cpu":"500m","memory":"1Gi"}}})"}});
}

TEST_CASE("reinvocation changes nothing more and keeps the first origin") {
  desk d;
  auto once = applied(desk::web(), d.ask(desk::web()));
  auto again = d.ask(once);
  CHECK(again.verdict == verdict::already_right);
  CHECK(again.containers.empty());
  CHECK(again.labels.empty());
  CHECK(again.annotations.empty());
  // Another webhook changed our container between the two calls.
  auto meddled = once;
  meddled.containers[0].resources.requests.cpu = 900;
  auto third = d.ask(meddled);
  CHECK(third.verdict == verdict::patched);
  CHECK(third.containers.at(0).resources.requests.cpu == 200);
  CHECK(applied(meddled, third).meta.annotations.at("scaleops.sh/origin-resources") ==
        once.meta.annotations.at("scaleops.sh/origin-resources"));
}

TEST_CASE("any doubt leaves the pod unchanged, with the reason") {
  struct row {
    const char* name;
    verdict expected;
    std::function<void(desk&, pod&)> prepare;
  };
  auto table = std::vector<row>{
    {"no containers", verdict::invalid_pod, [](desk&, pod& p) { p.containers.clear(); }},
    {"snapshot incomplete", verdict::not_ready, [](desk& d, pod&) { d.snapshot.complete = false; }},
    {"snapshot too old", verdict::not_ready,
     [](desk& d, pod&) { d.snapshot.lost_since = t0 - 1h; }},
    {"unknown owner", verdict::unknown_owner,
     [](desk&, pod& p) { p.meta.owners[0].name = "nobody-rs"; }},
    {"static pod", verdict::unknown_owner, [](desk&, pod& p) { p.meta.owners[0].kind = "Node"; }},
    {"excluded pod", verdict::excluded,
     [](desk&, pod& p) { p.meta.annotations["scaleops.sh/exclude-automation"] = "true"; }},
    {"no such container", verdict::no_recommendation,
     [](desk&, pod& p) { p.containers[0].name = "other"; }},
    {"nothing recommended", verdict::no_recommendation, [](desk& d, pod&) { d.wishes.clear(); }},
    {"little history", verdict::low_confidence,
     [](desk& d, pod&) { d.wishes[0].confidence = 0.1; }},
    {"policy recommends only", verdict::not_granted,
     [](desk& d, pod&) { d.policy.increase = d.policy.decrease = update_mode::never; }},
    {"container left alone", verdict::excluded,
     [](desk& d, pod&) {
       d.policy.containers = {{"a*", true, {}, {}}};
     }},
    {"no node is large enough", verdict::would_break,
     [](desk& d, pod&) { d.wishes[0].target.requests.cpu = 5000; }},
    {"the quota is full", verdict::would_break,
     [](desk& d, pod&) {
       resource_quota q;
       q.meta.ns = "shop";
       q.meta.name = "team";
       q.hard_requests = res(1000);
       q.used_requests = res(900);
       d.put(q);
       d.wishes[0].target.requests.cpu = 600;
     }},
    {"contradicting LimitRanges", verdict::would_break,
     [](desk& d, pod&) {
       limit_range r;
       r.meta.ns = "shop";
       r.meta.name = "r";
       r.container_min = res(300);
       r.container_max = res(200);
       d.put(r);
     }},
    {"the pod's sum is out of bounds", verdict::would_break,
     [](desk& d, pod&) {
       limit_range r;
       r.meta.ns = "shop";
       r.meta.name = "r";
       r.pod_min = res(300);
       d.put(r);
     }},
  };
  for (auto& one : table) {
    INFO(one.name);
    desk d;
    pod subject = desk::web();
    one.prepare(d, subject);
    auto answer = d.ask(subject);
    CHECK(to_string(answer.verdict) == to_string(one.expected));
    CHECK_FALSE(answer.detail.empty());
    CHECK(answer.containers.empty());
    CHECK(answer.labels.empty());
    CHECK(answer.annotations.empty());
  }
}

TEST_CASE("an old recommendation is not applied") {
  desk d;
  CHECK(d.ask(desk::web(), t0 + 23h).verdict == verdict::patched);
  CHECK(d.ask(desk::web(), t0 + 25h).verdict == verdict::no_recommendation);
}

TEST_CASE("growth needs no confidence") {
  desk d;
  d.wishes = {want("app", res(800, "2Gi"), res(1600, "4Gi"), 0.05)};
  CHECK(d.ask(desk::web()).containers.at(0).resources.requests == res(800, "2Gi"));
}

TEST_CASE("the policy's bounds and the LimitRange's hold whatever is recommended") {
  desk d;
  d.policy.cpu.min = 250;
  d.policy.memory.max = mem("256Mi");
  limit_range r;
  r.meta.ns = "shop";
  r.meta.name = "r";
  r.container_max = res(350);
  d.put(r);
  CHECK(d.ask(desk::web()).containers.at(0).resources ==
        container_resources{res(250, "256Mi"), res(350, "600Mi")});
}

TEST_CASE("init containers and sidecars are sized like any other") {
  desk d;
  d.wishes = {want("app", res(200, "300Mi")), want("setup", res(50, "64Mi")),
              want("proxy", res(20, "32Mi"))};
  auto subject = desk::web()
                   .container("setup", res(500, "1Gi"), {}, container_role::init)
                   .container("proxy", res(100, "128Mi"), {}, container_role::sidecar);
  auto answer = d.ask(subject);
  REQUIRE(answer.containers.size() == 3);
  CHECK(answer.annotations.at("scaleops.sh/managed-containers") == "app,proxy,setup");
}

TEST_CASE("a request never passes its limit") {
  desk d;
  d.wishes = {want("app", res(1500, "3Gi"))};
  // It would have become Guaranteed: one millicore keeps it Burstable.
  CHECK(d.ask(desk::web()).containers.at(0).resources ==
        container_resources{res(1500, "3Gi"), res(1501, "3Gi")});
}

TEST_CASE("a pod without any resources gets requests but no limits") {
  desk d;
  auto answer = d.ask(desk::web({}, {}));
  CHECK(answer.containers.at(0).resources == container_resources{res(200, "300Mi"), {}});
}

TEST_CASE("a full quota is no reason to refuse a smaller pod") {
  desk d;
  resource_quota q;
  q.meta.ns = "shop";
  q.meta.name = "team";
  q.hard_requests = res(1000, "1Gi");
  q.used_requests = res(900, "900Mi");
  d.put(q);
  CHECK(d.ask(desk::web()).verdict == verdict::patched);
}

TEST_CASE("a pod without requests gets no limits, also when it is asked for again") {
  desk d;
  auto subject = pod(desk::web({}, {}));
  auto answer = d.ask(subject);
  REQUIRE(answer.containers.size() == 1);
  CHECK(answer.containers[0].resources == container_resources{res(200, "300Mi"), {}});
  auto again = d.ask(applied(subject, answer));
  CHECK(again.verdict == verdict::already_right);
  CHECK(again.containers.empty());
}

TEST_CASE("an origin that does not know a container yet learns it, and keeps what it knew") {
  desk d;
  auto subject = pod(desk::web({}, {}));
  subject.meta.annotations["scaleops.sh/origin-resources"] =
    R"({"proxy":{"requests":{"cpu":"1"}}})";
  auto once = applied(subject, d.ask(subject));
  CHECK(once.meta.annotations.at("scaleops.sh/origin-resources") ==
        R"({"app":{},"proxy":{"requests":{"cpu":"1"}}})");
  // It still counts as a pod without requests.
  auto again = d.ask(once);
  CHECK(again.verdict == verdict::already_right);
  CHECK(again.containers.empty());
}
