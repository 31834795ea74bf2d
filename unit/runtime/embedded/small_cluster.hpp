// Builders for tests of the embedded cluster: small clusters whose usage is known.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "messages/quantity.hpp"
#include "runtime/embedded/model.hpp"

namespace scaleops::embedded::test {

using namespace std::chrono_literals;

inline constexpr int64_t gibi = 1LL << 30;

/// Monday 2026-01-05 00:00 UTC.
inline instant monday() {
  return std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
}

inline embedded_config config(uint64_t seed = 1) {
  embedded_config out;
  out.seed = seed;
  out.start = monday();
  return out;
}

/// A curve that tests turn by hand.
struct dial final : usage_curve {
  double cpu = 0.01;     // cores
  double memory = 20e6;  // bytes
  curve_point at(instant) const override { return {cpu, memory}; }
};
using dial_ptr = std::shared_ptr<dial>;

/// A workload of one container "main" in namespace "test", whose pods each use what the dial says.
struct app {
  std::string kind = "Deployment";
  std::string name = "web";
  int32_t replicas = 1;
  container_resources resources{{100, 128 * mebi}, {}};
  dial_ptr use = std::make_shared<dial>();
  bool shared = false;  // the pods share the CPU
  milliseconds start_up = 2s;
  milliseconds run_for{};

  workload_spec spec() const {
    workload_spec out;
    auto& w = out.object;
    w.kind = kind;
    w.meta.ns = "test";
    w.meta.name = name;
    w.replicas = replicas;
    w.selector = w.template_labels = {{"app", name}};
    container_spec c;
    c.name = "main";
    c.image = name + ":1";
    c.resources = resources;
    w.containers.push_back(std::move(c));
    auto profile = std::make_shared<load_profile>();
    container_load load;
    load.container = "main";
    load.curve = use;
    load.per_pod = !shared;
    load.skew = load.noise = 0;
    profile->containers.push_back(std::move(load));
    profile->start_up = start_up;
    profile->run_for = run_for;
    out.load = std::move(profile);
    return out;
  }
  workload_ref ref() const { return {"test", kind, name}; }
};

inline cluster_spec cluster_of(std::vector<workload_spec> workloads, int nodes = 2,
                               int64_t cpu = 4000, int64_t memory = 16 * gibi) {
  cluster_spec out;
  out.workloads = std::move(workloads);
  for (int i = 1; i <= nodes; ++i)
    out.nodes.push_back(make_node("node-" + std::to_string(i), cpu, memory));
  return out;
}

/// Pods of an app in order of name; terminating ones only where asked for.
inline std::vector<pod> pods_of(const cluster_model& model, const std::string& name,
                                bool terminating = false) {
  std::vector<pod> out;
  model.each_pod([&](const pod& p) {
    auto label = p.meta.labels.find("app");
    if (label != p.meta.labels.end() && label->second == name && (terminating || !p.meta.deleted))
      out.push_back(p);
  });
  return out;
}

inline size_t ready_count(const cluster_model& model, const std::string& name) {
  size_t count = 0;
  for (auto& p : pods_of(model, name))
    count += p.ready;
  return count;
}

inline void pass(cluster_model& model, milliseconds span) {
  model.advance(model.now() + span);
}

inline resize_pod resize_of(const pod& p, const container_resources& wish) {
  return {{p.meta.ns, p.meta.name}, p.meta.uid, {{"main", wish}}};
}

}  // namespace scaleops::embedded::test
