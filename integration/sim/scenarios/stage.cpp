#include "integration/sim/scenarios/stage.hpp"

#include <algorithm>

#include "messages/labels.hpp"

namespace scaleops::sim {

void small_shop(plan& what) {
  what.cluster.workloads.clear();
  for (auto& ref : {web(), cache()}) {
    made_workload wish;
    wish.ns = ref.ns;
    wish.name = ref.name;
    wish.kind = ref.kind;
    wish.replicas = 3;
    what.cluster.workloads.push_back(make_workload(wish, what.seed));
  }
  what.cluster.nodes = make_nodes(3);
  what.cluster.others = {make_grant("shop", what.config.cluster.start)};
}

std::vector<pod> pods_of(simulation& sim, const std::string& app) {
  std::vector<pod> out;
  sim.cluster().each_pod([&](const pod& value) {
    auto label = value.meta.labels.find("app");
    if (label != value.meta.labels.end() && label->second == app && !value.meta.deleted &&
        value.phase == pod_phase::running)
      out.push_back(value);
  });
  return out;
}

size_t ready_pods(simulation& sim, const std::string& app) {
  auto all = pods_of(sim, app);
  return size_t(std::count_if(all.begin(), all.end(), [](auto& value) { return value.ready; }));
}

bool all_sized(simulation& sim, const std::string& app) {
  auto all = pods_of(sim, app);
  return all.size() == 3 && std::all_of(all.begin(), all.end(), [](const pod& value) {
           // A tenth is used of what was asked for at first.
           auto& actual = value.statuses.front().actual;
           return value.ready && actual == value.containers.front().resources &&
                  *actual.requests.cpu < 250 && *actual.requests.memory < 250 * mebi;
         });
}

bool all_sized(simulation& sim) {
  return all_sized(sim, "web") && all_sized(sim, "cache");
}

bool gate_open(simulation& sim) {
  auto found = sim.cluster().state().store.find(object_kind::health_report,
                                                labels::system_namespace, "latest");
  return found && found->as<health_report>().gate_open;
}

std::vector<resources> requests_of(simulation& sim, const std::string& app) {
  std::vector<resources> out;
  for (auto& value : pods_of(sim, app))
    out.push_back(value.containers.front().resources.requests);
  std::sort(out.begin(), out.end());
  return out;
}

void roll_out(simulation& sim, const workload_ref& ref) {
  sim.cluster().advance(sim.now());
  sim.cluster().set_workload(ref, [](workload& w) {
    auto& mark = w.template_annotations["rolled-out"];
    mark = std::to_string(mark.size()) + "x" + mark;
  });
}

uint64_t changes(simulation& sim) {
  auto& truth = sim.cluster().statistics();
  return truth.resizes_requested + truth.evictions;
}

}  // namespace scaleops::sim
