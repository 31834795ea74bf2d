#include "actors/dashboards/change_writer.hpp"

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/support/build.hpp"
#include "unit/support/child.hpp"
#include "unit/support/fake_kube.hpp"

using namespace scaleops;
using namespace scaleops::dashboards;
using namespace scaleops::test;

namespace {

const workload_ref web{"shop", "Deployment", "web"};

struct bench {
  world w;
  fake_kube kube{w};
  change_writer_actor aut;

  bench() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(),
                      "dashboards-0", 1};
    aut = spawn_child<change_writer_actor>(
      w, [=](caf::local_actor* self) { return spawn_change_writer(self, {}, env); });
  }
  ~bench() { aut = nullptr; }

  changes_written::item grant() {
    write_changes wish;
    wish.items = {{web, nullptr}};
    wish.who = "ann";
    auto answer = w.ask<changes_written>(aut, wish);
    REQUIRE(answer);
    REQUIRE(answer->items.size() == 1);
    return answer->items[0];
  }
};

}  // namespace

TEST_CASE("a change whose answer is lost is one change, and told as such") {
  bench b;
  b.kube.data().lose_create = [](auto&) { return true; };
  auto told = b.grant();
  CHECK(told.failure.empty());
  CHECK(told.differs);
  CHECK(told.before == "not granted");
  CHECK(told.after.find("granted by ann") == 0);
  CHECK(b.kube.data().created.size() == 1);
  CHECK(b.kube.data().updated.empty());
}

TEST_CASE("a change that never came through is a failure") {
  bench b;
  b.kube.data().fail_create = [](auto&) { return ec::timeout; };
  auto told = b.grant();
  CHECK_FALSE(told.failure.empty());
  CHECK(b.kube.data().created.size() == 4);
}
