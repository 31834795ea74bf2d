// What the tests of the updater share.
#pragma once

#include "actors/updater/updater.hpp"

#include <prometheus/registry.h>
#include <catch2/catch.hpp>

#include "unit/support/build.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

using namespace std::chrono_literals;

/// An updater over a fake kube with one Deployment "web" of three pods that have 500m and 1Gi.
struct updater_bench {
  world w;
  fake_kube kube{w};
  updater_config cfg;
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  updater_actor aut;

  updater_bench() {
    kube.put(make_namespace("shop"));
    kube.put(make_namespace("scaleops-system"));
    kube.put(make_node("node-1"));
    kube.put(deployment("shop", "web", 3));
    kube.put(replica_set("shop", "web-rs", "web", 3));
    for (auto name : {"web-1", "web-2", "web-3"})
      kube.put(pod(web_pod(name)));
    kube.put(green_report(w.wall()));
    use("300Mi");
  }

  static pod_builder web_pod(std::string name) {
    pod_builder b{"shop", std::move(name)};
    b.owned_by("ReplicaSet", "web-rs")
      .container("app", res(500, "1Gi"), res(1000, "2Gi"))
      .label("app", "web");
    return b;
  }

  /// Live memory of every pod.
  void use(std::string_view memory) {
    auto metrics = std::make_shared<node_metrics>();
    metrics->node = "node-1";
    for (auto& [key, value] : kube.data().objects)
      if (key.kind == object_kind::pod) {
        container_metrics one;
        one.pod = value;
        one.container = "app";
        one.working_set = mem(memory);
        metrics->containers.push_back(one);
      }
    kube.data().metrics["node-1"] = metrics;
  }

  void start(bool elect = false) {
    cfg.elect = elect;
    component_env env{kube.handle(), w.anchor(), registry, "updater-0", 1};
    aut = w.own(spawn_updater(w.sys(), cfg, env, {}));
    w.settle();
  }

  /// Keeps the report fresh while time goes by.
  void run(std::chrono::seconds span) {
    for (; span > 0s; span -= 30s) {
      kube.put(green_report(w.wall()));
      kube.bookmark();
      w.run_for(std::min<std::chrono::seconds>(span, 30s));
    }
  }

  void recommend_web(resources requests, resources limits = {}, bool urgent = false) {
    auto one = want("app", requests, limits);
    one.urgent = urgent;
    kube.put(recommend({"shop", "Deployment", "web"}, {one}, w.wall(), ++revision));
  }
  uint64_t revision = 0;

  pod pod_named(std::string name) {
    return *kube.find<pod>({object_kind::pod, "shop", std::move(name), {}});
  }

  update_log log() {
    auto answer = w.ask<update_log>(aut, update_log_query{});
    REQUIRE(answer);
    return *answer;
  }

  double actions(const std::string& action, const std::string& result) const {
    for (auto& family : registry->Collect())
      if (family.name == "scaleops_updater_actions_total")
        for (auto& metric : family.metric) {
          std::map<std::string, std::string> labels;
          for (auto& label : metric.label)
            labels[label.name] = label.value;
          if (labels["action"] == action && labels["result"] == result)
            return metric.counter.value;
        }
    return 0;
  }

  size_t real_evictions() const {
    auto& all = const_cast<fake_kube&>(kube).data().evicted;
    return size_t(std::count_if(all.begin(), all.end(), [](auto& one) { return !one.dry_run; }));
  }
};

inline lease lease_of(std::string holder) {
  lease one;
  one.meta.ns = "scaleops-system";
  one.meta.name = "scaleops-updater";
  one.holder = std::move(holder);
  one.duration = 15s;
  return one;
}

}  // namespace scaleops::test
