#include <catch2/catch.hpp>

#include <set>

#include "unit/runtime/embedded/small_cluster.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace scaleops::embedded::test;

namespace {

pod_disruption_budget budget(const std::string& app, std::optional<int_or_percent> min_available,
                             std::optional<int_or_percent> max_unavailable) {
  pod_disruption_budget out;
  out.meta.ns = "test";
  out.meta.name = app;
  out.selector.match_labels = {{"app", app}};
  out.min_available = min_available;
  out.max_unavailable = max_unavailable;
  return out;
}

const pod_disruption_budget& stored(const cluster_model& model, const std::string& name) {
  return model.state()
    .store.find(object_kind::pod_disruption_budget, "test", name)
    ->as<pod_disruption_budget>();
}

ec evict_one(cluster_model& model, const pod& p) {
  auto result = evict(model.state(), {{p.meta.ns, p.meta.name}, p.meta.uid, false});
  model.settle();
  return result ? ec::none : result.error().code;
}

}  // namespace

TEST_CASE("a budget's percentages count what the owners want and round up") {
  app web{.replicas = 7};
  auto spec = cluster_of({web.spec()});
  spec.others.push_back(object{budget("web", int_or_percent{50, true}, {})});
  cluster_model model{config(), std::move(spec)};
  CHECK(stored(model, "web").expected_pods == 7);
  CHECK(stored(model, "web").desired_healthy == 4);
  CHECK(stored(model, "web").disruptions_allowed == 3);
}

TEST_CASE("maxUnavailable counts missing pods against the budget") {
  app web{.replicas = 4, .start_up = 20s};
  auto spec = cluster_of({web.spec()});
  spec.others.push_back(object{budget("web", {}, int_or_percent{1, false})});
  cluster_model model{config(), std::move(spec)};
  CHECK(stored(model, "web").disruptions_allowed == 1);
  auto pods = pods_of(model, "web");
  CHECK(evict_one(model, pods[0]) == ec::none);
  CHECK(stored(model, "web").disruptions_allowed == 0);
  CHECK(evict_one(model, pods[1]) == ec::too_many_requests);
  pass(model, 10s);
  CHECK(evict_one(model, pods[1]) == ec::too_many_requests);  // the new pod is not ready yet
  pass(model, 30s);
  CHECK(evict_one(model, pods[1]) == ec::none);
  CHECK(model.statistics().evictions == 2);
  CHECK(model.statistics().evictions_refused == 2);
}

TEST_CASE("an unhealthy pod may be evicted while the healthy ones suffice") {
  app web{.replicas = 3};
  auto spec = cluster_of({web.spec()});
  spec.others.push_back(object{budget("web", int_or_percent{2, false}, {})});
  cluster_model model{config(), std::move(spec)};
  auto pods = pods_of(model, "web");
  model.crash_container({"test", pods[0].meta.name}, "main");
  CHECK(stored(model, "web").disruptions_allowed == 0);
  CHECK(evict_one(model, pods[1]) == ec::too_many_requests);
  CHECK(evict_one(model, pods[0]) == ec::none);
}

TEST_CASE("a pod without a node, and one without a budget, may always go") {
  app web{.replicas = 1, .resources = {{100'000, {}}, {}}};
  app free{.name = "free"};
  auto spec = cluster_of({web.spec(), free.spec()});
  spec.others.push_back(object{budget("web", int_or_percent{1, false}, {})});
  cluster_model model{config(), std::move(spec)};
  CHECK(evict_one(model, pods_of(model, "web")[0]) == ec::none);
  CHECK(evict_one(model, pods_of(model, "free")[0]) == ec::none);
}

TEST_CASE("a dead node is not ready after 40 s and its pods are replaced after 5 min more") {
  app web{.replicas = 4};
  cluster_model model{config(), cluster_of({web.spec()}, 3)};
  auto gone = pods_of(model, "web")[0].node;
  size_t on_it = 0;
  for (auto& p : pods_of(model, "web"))
    on_it += p.node == gone;
  model.kill_node(gone);
  CHECK(read_metrics(model.state(), gone).error().code == ec::unavailable);
  pass(model, 30s);
  CHECK(ready_count(model, "web") == 4);  // nobody knows yet
  pass(model, 15s);
  CHECK(!model.state().store.find(object_kind::node, {}, gone)->as<node>().ready);
  CHECK(ready_count(model, "web") == 4 - on_it);
  pass(model, 6min);
  CHECK(ready_count(model, "web") == 4);
  for (auto& p : pods_of(model, "web"))
    CHECK(p.node != gone);
  CHECK(pods_of(model, "web", true).size() == 4 + on_it);  // the lost ones hang
  model.restart_node(gone);
  CHECK(pods_of(model, "web", true).size() == 4);
  CHECK(model.state().store.find(object_kind::node, {}, gone)->as<node>().ready);
}

TEST_CASE("a node that restarts quickly restarts its containers") {
  app web{.replicas = 2};
  cluster_model model{config(), cluster_of({web.spec()}, 1)};
  model.kill_node("node-1");
  pass(model, 10s);
  model.restart_node("node-1");
  pass(model, 20s);
  CHECK(ready_count(model, "web") == 2);
  for (auto& p : pods_of(model, "web"))
    CHECK(p.statuses[0].restarts == 1);
  pass(model, 10min);  // the alarm of the first death does not ring
  CHECK(ready_count(model, "web") == 2);
  CHECK(pods_of(model, "web").size() == 2);
}

TEST_CASE("pods of a removed node are placed elsewhere, pending until there is room") {
  app web{.replicas = 2, .resources = {{2000, 128 * mebi}, {}}};
  cluster_model model{config(), cluster_of({web.spec()}, 2)};
  CHECK(pods_of(model, "web")[0].node != pods_of(model, "web")[1].node);  // spread
  model.remove_node("node-1");
  pass(model, 20s);
  CHECK(ready_count(model, "web") == 1);
  CHECK(model.statistics().pods_unschedulable == 1);
  model.cordon("node-2");
  model.add_node(make_node("node-3", 4000, 16 * gibi));
  pass(model, 20s);
  CHECK(ready_count(model, "web") == 2);
  CHECK(model.statistics().pods_unschedulable == 0);
}

TEST_CASE("no node ever holds more than it can by requests") {
  std::vector<workload_spec> all;
  std::vector<app> apps;
  for (int i = 0; i < 12; ++i) {
    apps.push_back(app{.name = "a" + std::to_string(i),
                       .replicas = 5,
                       .resources = {{150 + 60 * i, 256 * mebi}, {}}});
    all.push_back(apps.back().spec());
  }
  cluster_model model{config(), cluster_of(all, 6, 4000)};
  for (int round = 0; round < 30; ++round) {
    model.set_workload(apps[size_t(round) % 12].ref(),
                       [&](workload& w) { w.replicas = 1 + (round * 7) % 9; });
    pass(model, 20s);
    for (uint32_t i = 0; i < model.state().nodes.size(); ++i) {
      auto& row = model.state().nodes[i];
      int64_t cpu = 0;
      for (auto p : row.pods)
        cpu += effective_requests(model.state().pod_of(p)).cpu;
      CHECK(cpu == row.cpu);
      CHECK(cpu <= *model.state().node_of(i).allocatable.cpu);
    }
  }
}

TEST_CASE("an HPA follows the utilisation, up at once and down after five minutes") {
  app web{.replicas = 2, .resources = {{500, 128 * mebi}, {}}, .shared = true};
  web.use->cpu = 0.5;  // 50 % of two pods
  auto spec = cluster_of({web.spec()}, 4);
  horizontal_pod_autoscaler hpa;
  hpa.meta.ns = "test";
  hpa.meta.name = "web";
  hpa.target = web.ref();
  hpa.min_replicas = 2;
  hpa.max_replicas = 10;
  hpa_metric metric;
  metric.utilization = 50;
  hpa.metrics.push_back(metric);
  spec.others.push_back(object{hpa});
  cluster_model model{config(), std::move(spec)};
  auto replicas = [&] { return model.find_workload(web.ref())->replicas; };
  CHECK(replicas() == 2);
  web.use->cpu = 0.54;  // within the tolerance of a tenth
  pass(model, 2min);
  CHECK(replicas() == 2);
  web.use->cpu = 1.5;
  pass(model, 2min);
  CHECK(replicas() == 6);
  web.use->cpu = 0.5;
  pass(model, 3min);
  CHECK(replicas() == 6);  // not yet
  pass(model, 5min);
  CHECK(replicas() == 2);
  auto& status = model.state()
                   .store.find(object_kind::horizontal_pod_autoscaler, "test", "web")
                   ->as<horizontal_pod_autoscaler>();
  CHECK(status.current_replicas == 2);
}

TEST_CASE("a smaller request moves an HPA's scale point") {
  app web{.replicas = 2, .resources = {{500, 128 * mebi}, {}}, .shared = true};
  web.use->cpu = 0.5;
  auto spec = cluster_of({web.spec()}, 4);
  horizontal_pod_autoscaler hpa;
  hpa.meta.ns = "test";
  hpa.meta.name = "web";
  hpa.target = web.ref();
  hpa.max_replicas = 10;
  hpa_metric metric;
  metric.utilization = 50;
  hpa.metrics.push_back(metric);
  spec.others.push_back(object{hpa});
  cluster_model model{config(), std::move(spec)};
  for (auto& p : pods_of(model, "web"))
    REQUIRE(resize(model.state(), resize_of(p, {{250, 128 * mebi}, {}})));
  pass(model, 30s);
  CHECK(model.find_workload(web.ref())->replicas == 4);
}
