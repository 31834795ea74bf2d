// What the recommender's root actor counts.
#pragma once

#include <string>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace scaleops {

struct recommender_metrics {
  explicit recommender_metrics(prometheus::Registry& registry)
      : samples{counter(registry, "samples", "Container samples learned")},
        batches{counter(registry, "batches", "Usage batches taken")},
        repeated{counter(registry, "batches_repeated", "Usage batches that had come before")},
        decided{counter(registry, "decisions", "Decisions published")},
        urgent{counter(registry, "urgent_decisions", "Decisions that heal")},
        workloads{prometheus::BuildGauge()
                    .Name("scaleops_recommender_workloads")
                    .Help("Workloads with an actor")
                    .Register(registry)
                    .Add({})} {}

  prometheus::Counter &samples, &batches, &repeated, &decided, &urgent;
  prometheus::Gauge& workloads;

private:
  static prometheus::Counter& counter(prometheus::Registry& registry, const std::string& what,
                                      const char* help) {
    return prometheus::BuildCounter()
      .Name("scaleops_recommender_" + what + "_total")
      .Help(help)
      .Register(registry)
      .Add({});
  }
};

}  // namespace scaleops
