#include "actors/updater/reporter.hpp"

#include <set>

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/support/build.hpp"
#include "unit/support/child.hpp"
#include "unit/support/fake_kube.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const workload_ref web{"shop", "Deployment", "web"};

struct bench {
  world w;
  fake_kube kube{w};
  reporter_actor aut;

  bench() {
    kube.put(recommend(web, {want("app", res(200))}, w.wall(), 1));
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "updater-0", 1};
    aut = spawn_child<reporter_actor>(
      w, [=](caf::local_actor* self) { return spawn_reporter(self, {}, env); });
  }
  ~bench() { aut = nullptr; }

  void resized() {
    report_update report;
    report.record.at = w.wall();
    report.record.workload = web;
    report.record.pod = {"shop", "web-1"};
    report.record.done = true;
    report.record.detail = "app: cpu 500m to 200m";
    report.reason = "Resized";
    caf::anon_send(aut, report);
    w.settle();
  }

  std::optional<last_action> last() {
    return kube.find<recommendation>({object_kind::recommendation, "shop", web.object_name(), {}})
      ->last;
  }
  std::set<std::string> events() {
    std::set<std::string> names;
    for (auto& one : kube.created<event>())
      names.insert(one.meta.name);
    return names;
  }
};

}  // namespace

TEST_CASE("an event whose answer is lost is there once") {
  bench b;
  int lost = 1;
  b.kube.data().lose_create = [&](auto&) { return lost-- > 0; };
  b.resized();
  b.w.run_for(2min);
  CHECK(b.kube.data().created.size() == 2);
  CHECK(b.events().size() == 1);
}

TEST_CASE("an event and a status that were refused come later") {
  bench b;
  bool down = true;
  b.kube.data().fail_create = [&](auto&) { return down ? ec::unavailable : ec::none; };
  b.kube.data().fail_update = [&](auto&) { return down ? ec::unavailable : ec::none; };
  b.resized();
  CHECK_FALSE(b.last());
  down = false;
  b.w.run_for(2min);
  REQUIRE(b.last());
  CHECK(b.last()->detail == "app: cpu 500m to 200m");
  CHECK(b.kube.data().created.size() == 2);
}

TEST_CASE("a status whose answer is lost is not written again") {
  bench b;
  b.kube.data().lose_update = [](auto&) { return true; };
  b.resized();
  b.w.run_for(5min);
  CHECK(b.kube.data().updated.size() == 1);
  CHECK(b.last());
}
