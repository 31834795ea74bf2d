// Admissions and updater together on the embedded cluster: what the fake kube cannot show, namely
// that controllers, budgets, kubelets and our webhook fit together.
#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "actors/admissions/admissions.hpp"
#include "actors/updater/updater.hpp"
#include "runtime/embedded/cluster.hpp"
#include "unit/support/build.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

const workload_ref web_ref{"shop", "Deployment", "web"};

/// A Deployment of five pods on three nodes of 4 cores, with a budget that spares all but one.
struct bench {
  world w;
  std::shared_ptr<embedded::cluster_model> model;
  embedded::embedded_cluster_actor cluster;
  admissions_actor webhook;
  updater_actor aut;
  embedded::embedded_config how;
  container_resources given;

  explicit bench(container_resources at_first) : given{at_first} {}

  void start() {
    embedded::cluster_spec spec;
    for (auto name : {"node-1", "node-2", "node-3"})
      spec.nodes.push_back(embedded::make_node(name, 4000, mem("16Gi")));
    spec.workloads.push_back(web());
    spec.others.push_back(budget());
    how.start = w.wall();
    model = std::make_shared<embedded::cluster_model>(how, std::move(spec));
    cluster = w.own(embedded::spawn_embedded_cluster(w.sys(), w.anchor(), model));
    webhook = w.own(spawn_admissions(w.sys(), {}, env("admissions-0")));
    updater_config cfg;
    cfg.rules.require_report = false;
    aut = w.own(spawn_updater(w.sys(), cfg, env("updater-0"), webhook));
    caf::anon_send(cluster, embedded::connect_webhook{webhook});
    w.run_for(30s);
  }

  component_env env(std::string identity) {
    return {cluster, w.anchor(), std::make_shared<prometheus::Registry>(), std::move(identity), 1};
  }

  embedded::workload_spec web() const {
    auto owner = deployment("shop", "web", 5);
    owner.selector = owner.template_labels = {{"app", "web"}};
    container_spec app;
    app.name = "app";
    app.image = "web:1";
    app.resources = given;
    owner.containers = {app};
    auto load = std::make_shared<embedded::load_profile>();
    embedded::curve_recipe calm;
    calm.memory_low = calm.memory_high = 100e6;
    embedded::container_load use;
    use.container = "app";
    use.curve = embedded::make_curve(calm);
    use.per_pod = true;
    load->containers = {use};
    return {owner, load};
  }

  static pod_disruption_budget budget() {
    pod_disruption_budget b;
    b.meta.ns = "shop";
    b.meta.name = "web";
    b.selector.match_labels = {{"app", "web"}};
    b.max_unavailable = int_or_percent{1, false};
    return b;
  }

  void recommend_web(container_recommendation wish) {
    // As in Kubernetes the status is a part of its own: a creation leaves it out.
    auto all = recommend(web_ref, {std::move(wish)}, w.wall(), 1);
    auto put = [&](auto request) { REQUIRE(w.ask<object_ptr>(kube_actor{cluster}, request)); };
    put(create_object{std::make_shared<const object>(all)});
    put(update_object{std::make_shared<const object>(all), true});
  }

  /// Runs and gives back the fewest pods that were ready at any second.
  int run(std::chrono::seconds span) {
    int fewest = 99;
    for (; span > 0s; span -= 1s) {
      w.run_for(1s);
      int ready = 0;
      model->each_pod([&](const pod& p) { ready += p.ready; });
      fewest = std::min(fewest, ready);
    }
    return fewest;
  }

  std::vector<pod> pods() const {
    std::vector<pod> all;
    model->each_pod([&](const pod& p) { all.push_back(p); });
    return all;
  }
};

}  // namespace

TEST_CASE("pods shrink in place on the embedded cluster without a restart") {
  bench b{{res(1000, "1Gi"), res(2000, "2Gi")}};
  b.start();
  b.recommend_web(want("app", res(200, "256Mi"), res(400, "512Mi")));
  CHECK(b.run(180s) == 5);
  auto pods = b.pods();
  REQUIRE(pods.size() == 5);
  for (auto& one : pods) {
    CHECK(one.statuses[0].actual == container_resources{res(200, "256Mi"), res(400, "512Mi")});
    CHECK(one.statuses[0].restarts == 0);
    CHECK(one.meta.labels.contains("scaleops.sh/managed"));
  }
  CHECK(b.model->statistics().evictions == 0);
  CHECK(b.model->statistics().resizes_done == 5);
}

TEST_CASE("BestEffort pods are evicted one by one and come back sized") {
  bench b{{}};
  b.start();
  b.recommend_web(want("app", res(200, "256Mi")));
  CHECK(b.run(3600s) >= 4);
  auto pods = b.pods();
  REQUIRE(pods.size() == 5);
  for (auto& one : pods) {
    CHECK(one.containers[0].resources == container_resources{res(200, "256Mi"), {}});
    CHECK(one.meta.annotations.at("scaleops.sh/admission") == "patched");
  }
  CHECK(b.model->statistics().evictions == 5);
  CHECK(b.model->statistics().evictions_refused == 0);
}

TEST_CASE("healing that a node cannot grant moves pods to where there is room") {
  bench b{{res(1000, "1Gi"), res(1000, "1Gi")}};
  b.how.refuse_infeasible = false;
  b.start();
  auto healing = want("app", res(2000, "2Gi"), res(2000, "2Gi"));
  healing.urgent = true;
  b.recommend_web(healing);
  auto large = [&] {
    int count = 0;
    for (auto& one : b.pods())
      count += one.statuses[0].actual.requests.cpu == 2000;
    return count;
  };
  // Each of three nodes of 3.76 cores holds one pod of two cores; the other two pods have nowhere
  // to go and are left running.
  CHECK(b.run(1800s) == 5);
  CHECK(large() == 3);
  CHECK(b.model->statistics().evictions == 0);
  b.model->add_node(embedded::make_node("node-4", 4000, mem("16Gi")));
  b.model->add_node(embedded::make_node("node-5", 4000, mem("16Gi")));
  CHECK(b.run(1800s) >= 4);
  CHECK(large() == 5);
  CHECK(b.model->statistics().evictions == 2);
}
