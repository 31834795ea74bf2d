#include "integration/sim/mutants/mutant.hpp"

#include "integration/sim/draw/cluster_draw.hpp"

namespace scaleops::sim {

void mutant::setup(plan& what) {
  auto add = [&](std::string ns, std::string name, std::string kind, int32_t replicas) {
    made_workload wish;
    wish.ns = std::move(ns);
    wish.name = std::move(name);
    wish.kind = std::move(kind);
    wish.replicas = replicas;
    what.cluster.workloads.push_back(make_workload(wish, what.seed));
  };
  add("shop", "web", "Deployment", 3);
  add("shop", "lone", "Deployment", 1);
  add("shop", "cache", "StatefulSet", 3);
  add("lab", "db", "StatefulSet", 2);
  what.cluster.nodes = make_nodes(3);
  pod_disruption_budget budget;
  budget.meta.ns = "shop";
  budget.meta.name = "web";
  budget.selector.match_labels = {{"app", "web"}};
  budget.min_available = int_or_percent{3, false};
  what.cluster.others = {make_grant("shop", what.config.cluster.start), object{budget}};
}

}  // namespace scaleops::sim
