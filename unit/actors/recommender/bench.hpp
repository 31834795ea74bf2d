// What the tests of the recommender's actors share: a workload, its usage, and a sink for
// decisions.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <caf/typed_event_based_actor.hpp>

#include "actors/recommender/workload_recommender.hpp"
#include "unit/support/build.hpp"
#include "unit/support/child.hpp"
#include "unit/support/fake_kube.hpp"
#include "unit/support/world.hpp"

namespace scaleops::test {

inline workload_facts_ptr facts_of(std::string name) {
  auto facts = std::make_shared<workload_facts>();
  facts->ref = {"shop", "Deployment", std::move(name)};
  facts->replicas = 2;
  facts->revision = "first";
  container_spec app;
  app.name = "app";
  app.resources = {res(500, "1Gi"), res(std::nullopt, "1Gi")};
  facts->containers = {app};
  facts->running = {app.resources};
  return facts;
}

/// One sample of the container "app".
inline container_usage sample_at(instant at, float cpu, std::string_view memory) {
  return {0, 1, usage_sample{at, cpu, 0, mem(memory), true}};
}

inline container_kill kill_at(instant at) {
  oom_event kill;
  kill.at = at;
  kill.memory_limit = kill.memory_request = mem("1Gi");
  return {"app", {"shop", "web-1"}, kill};
}

inline std::shared_ptr<const std::vector<workload_usage>> usage_of(
  workload_facts_ptr facts, std::vector<container_usage> samples,
  std::vector<container_kill> kills = {}) {
  return std::make_shared<const std::vector<workload_usage>>(
    std::vector<workload_usage>{{std::move(facts), std::move(samples), std::move(kills)}});
}

inline decision_sink_actor::behavior_type recording_sink(
  decision_sink_actor::pointer, std::shared_ptr<std::vector<decision_made>> into) {
  return {[into](decision_made& made) { into->push_back(made); }};
}

/// Sum of a metric over its labels that hold `label` = `value`; all where `label` is empty.
inline double metric(prometheus::Registry& registry, const std::string& name,
                     const std::string& label = {}, const std::string& value = {}) {
  double sum = 0;
  for (auto& family : registry.Collect())
    if (family.name == name)
      for (auto& one : family.metric) {
        bool wanted = label.empty();
        for (auto& pair : one.label)
          wanted |= pair.name == label && pair.value == value;
        if (wanted)
          sum += one.counter.value + one.gauge.value;
      }
  return sum;
}

}  // namespace scaleops::test
