#include "runtime/embedded/cluster.hpp"

#include <catch2/catch.hpp>

#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace std::chrono_literals;

namespace {

struct fixture {
  test::world world;
  std::shared_ptr<cluster_model> model;
  embedded_cluster_actor cluster;
  kube_actor kube;

  fixture() {
    embedded_config cfg;
    cfg.start = world.wall();
    model = std::make_shared<cluster_model>(cfg, make_demo(1));
    cluster = world.own(spawn_embedded_cluster(world.sys(), world.anchor(), model));
    kube = cluster;
  }
};

}  // namespace

TEST_CASE("a component lists, reads metrics and resizes through the port") {
  fixture f;
  f.world.run_for(1min);
  auto nodes = f.world.ask<object_list>(f.kube, list_query{object_kind::node, {}, 0, {}});
  REQUIRE(nodes);
  REQUIRE(nodes->items.size() == 12);
  auto name = meta_of(*nodes->items[0]).name;
  auto first = f.world.ask<node_metrics_ptr>(f.kube, node_metrics_query{name});
  REQUIRE(first);
  REQUIRE(!(*first)->containers.empty());
  f.world.run_for(15s);
  auto second = f.world.ask<node_metrics_ptr>(f.kube, node_metrics_query{name});
  REQUIRE(second);
  CHECK((*second)->containers[0].cpu_seconds > (*first)->containers[0].cpu_seconds);

  auto target = object_cast<pod>((*first)->containers[0].pod);
  REQUIRE(target);
  auto& c = target->containers[0];
  resize_pod wish{{target->meta.ns, target->meta.name}, target->meta.uid, {{c.name, c.resources}}};
  wish.containers[0].resources.requests.cpu = *c.resources.requests.cpu - 5;
  auto resized = f.world.ask<object_ptr>(f.kube, wish);
  REQUIRE(resized);
  f.world.run_for(3s);
  auto now = f.model->find_pod(wish.pod);
  REQUIRE(now);
  CHECK(now->statuses[0].actual.requests.cpu == wish.containers[0].resources.requests.cpu);
  CHECK(!now->resize.in_progress);
  CHECK(f.model->statistics().resizes_done == 1);
}
