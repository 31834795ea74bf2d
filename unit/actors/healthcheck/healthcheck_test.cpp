#include "actors/healthcheck/healthcheck.hpp"

#include <algorithm>

#include <prometheus/registry.h>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include "messages/labels.hpp"
#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

/// How a component answers.
struct manner {
  component which = component::agent;
  bool ready = true;
  bool silent = false;
  uint64_t done = 0;
  uint64_t works = 10;  // done rises by so much with each question
  int asked = 0;
  std::vector<caf::typed_response_promise<component_status>> unanswered;
};

component_actor::behavior_type peer(component_actor::pointer self, std::shared_ptr<manner> how) {
  return {[self, how](status_query) -> caf::result<component_status> {
    ++how->asked;
    if (how->silent)
      return how->unanswered.emplace_back(self->make_response_promise<component_status>());
    how->done += how->works;
    component_status status;
    status.which = how->which;
    status.ready = how->ready;
    status.detail = how->ready ? "well" : "not well";
    status.done = how->done;
    return status;
  }};
}

/// A webhook between the canary and the fake API server: stamps canary pods while it works.
struct webhook {
  bool works = true;
};
kube_actor::behavior_type patching_kube(kube_actor::pointer self, kube_actor kube,
                                        std::shared_ptr<webhook> hook) {
  auto pass = [self, kube](auto& request) { return self->delegate(kube, request); };
  return {[pass](const list_query& x) { return pass(x); },
          [pass](const get_query& x) { return pass(x); },
          [pass](const open_watch& x) { return pass(x); },
          [self, kube](watch_ack x) { self->send(kube, x); },
          [self, kube](close_watch x) { self->send(kube, x); },
          [pass](const node_metrics_query& x) { return pass(x); },
          [self, kube, hook](const create_object& x) {
            auto changed = x;
            if (auto sent = object_cast<pod>(x.object); sent && hook->works) {
              auto patched = *sent;
              patched.containers.at(0).resources.requests = res(13, "27Mi");
              patched.meta.annotations[std::string(labels::admission)] = "patched";
              changed.object = std::make_shared<const object>(std::move(patched));
            }
            return self->delegate(kube, std::move(changed));
          },
          [pass](const update_object& x) { return pass(x); },
          [pass](const patch_metadata& x) { return pass(x); },
          [pass](const delete_object& x) { return pass(x); },
          [pass](const resize_pod& x) { return pass(x); },
          [pass](const evict_pod& x) { return pass(x); },
          [pass](const token_query& x) { return pass(x); },
          [pass](const access_query& x) { return pass(x); }};
}

struct fixture {
  world w;
  fake_kube kube{w};
  std::shared_ptr<webhook> hook = std::make_shared<webhook>();
  std::map<component, std::shared_ptr<manner>> manners;
  healthcheck_peers peers;
  healthcheck_actor aut;

  fixture() {
    kube.put(make_namespace("scaleops-system"));
    auto add = [&](component which) {
      auto& how = manners[which] = std::make_shared<manner>();
      how->which = which;
      return w.own(w.sys().spawn(peer, how));
    };
    peers.agent = add(component::agent);
    peers.recommender = add(component::recommender);
    peers.admissions = add(component::admissions);
    peers.updater = add(component::updater);
    peers.dashboards = add(component::dashboards);
  }
  void start() {
    auto front = w.own(w.sys().spawn(patching_kube, kube.handle(), hook));
    component_env env{front, w.anchor(), std::make_shared<prometheus::Registry>(), "healthcheck-0",
                      1};
    aut = w.own(spawn_healthcheck(w.sys(), {}, env, peers));
    w.settle();
  }
  void run(std::chrono::seconds span) {
    for (; span > 0s; span -= 30s) {
      kube.bookmark();
      w.run_for(std::min<std::chrono::seconds>(span, 30s));
    }
  }
  health_report report() {
    auto answer = w.ask<health_answer>(aut, health_query{});
    REQUIRE(answer);
    return answer->report;
  }
  health_check check(const std::string& name) {
    auto all = report().checks;
    auto found = std::find_if(all.begin(), all.end(), [&](auto& one) { return one.name == name; });
    REQUIRE(found != all.end());
    return *found;
  }
  bool gate() { return report().gate_open; }
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "before the first round the gate is shut and the component is not ready") {
  start();
  CHECK_FALSE(gate());
  auto status = w.ask<component_status>(aut, status_query{});
  REQUIRE(status);
  CHECK_FALSE(status->ready);
}

TEST_CASE_METHOD(fixture, "when all is well the gate opens and the report is written") {
  start();
  run(1min);
  CHECK(gate());
  CHECK(check("webhook").result == check_result::pass);
  CHECK(check("agent").result == check_result::pass);
  auto stored =
    kube.find<health_report>({object_kind::health_report, "scaleops-system", "latest", {}});
  REQUIRE(stored);
  CHECK(stored->gate_open);
  CHECK(stored->checks.size() == report().checks.size());
  auto status = w.ask<component_status>(aut, status_query{});
  REQUIRE(status);
  CHECK(status->ready);
  CHECK(status->detail.find("0 failing, gate open") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "each round replaces the report by a newer one") {
  start();
  run(1min);
  auto first = report().at;
  run(3min);
  CHECK(report().at > first + 2min);
  CHECK(manners[component::agent]->asked == 4);
}

TEST_CASE_METHOD(
  fixture, "a webhook that stops patching shuts the gate within a round, and opens it again") {
  start();
  run(1min);
  hook->works = false;
  run(1min);
  CHECK_FALSE(gate());
  CHECK(check("webhook").result == check_result::fail);
  hook->works = true;
  run(1min);
  CHECK(gate());
}

TEST_CASE_METHOD(fixture, "a protecting component that is not ready or silent shuts the gate") {
  start();
  run(1min);
  for (auto which : {component::agent, component::recommender, component::admissions}) {
    CAPTURE(to_string(which));
    manners[which]->ready = false;
    run(1min);
    CHECK_FALSE(gate());
    CHECK(check(std::string(to_string(which))).detail == "not well");
    manners[which]->ready = true;
    manners[which]->silent = true;
    run(2min);
    CHECK_FALSE(gate());
    CHECK(check(std::string(to_string(which))).detail.find("does not answer") == 0);
    manners[which]->silent = false;
    run(2min);
    CHECK(gate());
  }
}

TEST_CASE_METHOD(fixture, "dashboards may be down without shutting the gate") {
  peers.dashboards = component_actor{};
  manners[component::updater]->ready = false;
  start();
  run(1min);
  CHECK(gate());
  CHECK(check("dashboards").result == check_result::fail);
  CHECK(check("dashboards").detail.find("not started") != std::string::npos);
}

TEST_CASE_METHOD(fixture, "an agent that is ready but brings no samples is found out") {
  start();
  run(1min);
  CHECK(check("usage").result == check_result::pass);
  manners[component::agent]->works = 0;
  run(8min);
  CHECK(check("usage").result == check_result::fail);
  manners[component::agent]->works = 10;
  run(1min);
  CHECK(check("usage").result == check_result::pass);
}

TEST_CASE_METHOD(fixture,
                 "stale recommendations of workloads that run warn and do not shut the gate") {
  auto web = recommend({"shop", "Deployment", "web"}, {want("app", res(200, "1Gi"))}, w.wall());
  web.replicas = 2;
  kube.put(web);
  auto idle = recommend({"shop", "CronJob", "idle"}, {want("app", res(200, "1Gi"))}, w.wall());
  idle.replicas = 0;
  kube.put(idle);
  start();
  run(1min);
  CHECK(check("recommendations").result == check_result::pass);
  w.run_for(3h);
  run(2min);
  CHECK(check("recommendations").result == check_result::warn);
  CHECK(check("recommendations").detail == "1 of 1 are stale");
  CHECK(gate());
}

TEST_CASE_METHOD(fixture, "a report that cannot be written is still told to whoever asks") {
  kube.data().fail_update = [](const update_object& wish) {
    return kind_of(*wish.object) == object_kind::health_report ? ec::server_error : ec::none;
  };
  start();
  run(1min);
  CHECK(gate());
  CHECK_FALSE(
    kube.find<health_report>({object_kind::health_report, "scaleops-system", "latest", {}}));
}
