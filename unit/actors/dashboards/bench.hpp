// A small cluster and a dashboards actor on it, for tests.
#pragma once

#include <prometheus/registry.h>
#include <nlohmann/json.hpp>

#include "actors/dashboards/dashboards.hpp"
#include "messages/quantity.hpp"
#include "unit/support/fake_kube.hpp"

namespace scaleops::test {

struct dashboards_bench {
  world w;
  fake_kube kube{w};
  dashboards_config cfg;
  dashboards_peers peers;
  dashboards_actor aut;

  dashboards_bench() {
    using dashboards::logic::role;
    cfg.session_secret = std::string(32, 's');
    cfg.access.bindings = {{role::admin, {"ada"}, {}, {}},
                           {role::viewer, {}, {"readers"}, {}},
                           {role::operator_, {"olga"}, {}, {"shop"}}};
    kube.data().tokens = {{"ada-token", {"ada", {}}},
                          {"olga-token", {"olga", {}}},
                          {"rita-token", {"rita", {"readers"}}},
                          {"nina-token", {"nina", {}}}};
    add_node("n1", 8000, 16 * 1024 * mebi);
    add_workload("shop", "cart", 2, 1000, 512 * mebi);
    add_workload("shop", "pay", 1, 500, 256 * mebi);
    add_workload("blog", "web", 3, 200, 128 * mebi);
    policy fast;
    fast.meta.ns = "scaleops-system";
    fast.meta.name = "cost";
    kube.put(fast);
  }

  void start() {
    component_env env{kube.handle(), w.anchor(), std::make_shared<prometheus::Registry>(), "dash-0",
                      7};
    aut = w.own(spawn_dashboards(w.sys(), cfg, env, peers));
    w.run_for(std::chrono::seconds{5});
  }

  void add_node(const std::string& name, int64_t cpu, int64_t memory) {
    node n;
    n.meta.name = name;
    n.capacity = n.allocatable = {cpu, memory};
    kube.put(n);
  }

  static container_spec container(int64_t cpu, int64_t memory) {
    container_spec c;
    c.name = "main";
    c.image = "registry/app:1";
    c.resources.requests = {cpu, memory};
    return c;
  }

  void add_workload(const std::string& ns, const std::string& name, int replicas, int64_t cpu,
                    int64_t memory) {
    workload deployment;
    deployment.meta.ns = ns;
    deployment.meta.name = name;
    deployment.kind = "Deployment";
    deployment.replicas = replicas;
    deployment.containers = {container(cpu, memory)};
    kube.put(deployment);
    for (int i = 0; i < replicas; ++i)
      kube.put(make_pod(ns, name, i, cpu, memory));
  }

  pod make_pod(const std::string& ns, const std::string& name, int index, int64_t cpu,
               int64_t memory) {
    pod p;
    p.meta.ns = ns;
    p.meta.name = name + "-" + std::to_string(index);
    p.meta.uid = "uid-" + p.meta.name;
    p.meta.owners = {{"Deployment", name, "u", true}};
    p.node = "n1";
    p.phase = pod_phase::running;
    p.ready = true;
    p.containers = {container(cpu, memory)};
    container_status status;
    status.name = "main";
    status.ready = true;
    p.statuses = {status};
    return p;
  }

  recommendation advise(const std::string& ns, const std::string& name, int64_t cpu,
                        int64_t memory) {
    recommendation r;
    r.meta.ns = ns;
    r.target = {ns, "Deployment", name};
    r.meta.name = r.target.object_name();
    if (auto old = kube.find<recommendation>({object_kind::recommendation, ns, r.meta.name, {}}))
      r = *old;
    r.coverage = 1;
    r.status.workload = r.target;
    r.status.decided_at = w.wall();
    r.status.policy = "production";
    container_recommendation part;
    part.name = "main";
    part.target.requests = {cpu, memory};
    part.confidence = 0.9;
    part.reasons = {{resource_kind::cpu, reason_code::percentile, double(cpu), 0.93}};
    r.status.containers = {part};
    kube.put(r);
    return r;
  }

  /// Every container used so much CPU (millicores) since the last call `seconds` ago, and has so
  /// much memory.
  void use(double millicores, int64_t memory, double seconds) {
    cpu_seconds += millicores / 1000 * seconds;
    auto reading = std::make_shared<node_metrics>();
    reading->node = "n1";
    for (auto& [key, object] : kube.data().objects)
      if (key.kind == object_kind::pod) {
        container_metrics m;
        m.pod = object;
        m.container = "main";
        m.at = w.wall();
        m.started = w.anchor().wall;
        m.cpu_seconds = cpu_seconds;
        m.working_set = memory;
        reading->containers.push_back(m);
      }
    kube.data().metrics["n1"] = reading;
  }

  api_response call(const std::string& method, const std::string& path, string_map query = {},
                    string_map headers = {}, std::string body = {}) {
    api_request request{method,          path,      std::move(query), std::move(headers),
                        std::move(body), "10.0.0.9"};
    auto answer = w.ask<api_response>(aut, std::move(request));
    if (!answer)
      return {0, caf::to_string(answer.error()), {}, nullptr};
    return std::move(*answer);
  }

  static string_map as(const std::string& user) {
    return {{"authorization", "Bearer " + user + "-token"}};
  }

  nlohmann::json get(const std::string& path, string_map query = {},
                     const std::string& user = "ada") {
    auto answer = call("GET", path, std::move(query), as(user));
    return answer.body ? nlohmann::json::parse(*answer.body) : nlohmann::json{};
  }

  api_response post(const std::string& path, const nlohmann::json& body,
                    const std::string& user = "ada") {
    return call("POST", path, {}, as(user), body.dump());
  }

  std::shared_ptr<const recommendation> stored(const std::string& ns, const std::string& name) {
    return kube.find<recommendation>({object_kind::recommendation, ns, "deployment-" + name, {}});
  }

  double cpu_seconds = 0;
};

inline nlohmann::json json_of(const api_response& response) {
  return response.body ? nlohmann::json::parse(*response.body, nullptr, false) : nlohmann::json{};
}

}  // namespace scaleops::test
