// Builders of the objects that tests of acting components need: small sentences instead of field by
// field.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "messages/labels.hpp"
#include "messages/objects.hpp"
#include "messages/quantity.hpp"

namespace scaleops::test {

inline int64_t mem(std::string_view text) {
  int64_t bytes = 0;
  if (parse_memory(text, bytes) != quantity_error::none)
    std::abort();
  return bytes;
}

inline resources res(std::optional<int64_t> cpu, std::string_view memory = {}) {
  resources result;
  result.cpu = cpu;
  if (!memory.empty())
    result.memory = mem(memory);
  return result;
}

/// A running, ready pod of `deployment` by way of its ReplicaSet "<deployment>-rs".
class pod_builder {
public:
  pod_builder(std::string ns, std::string name) {
    pod_.meta.ns = std::move(ns);
    pod_.meta.name = std::move(name);
    pod_.meta.uid = "uid-" + pod_.meta.ns + "-" + pod_.meta.name;
    pod_.meta.generation = 1;
    pod_.node = "node-1";
    pod_.phase = pod_phase::running;
    pod_.ready = true;
  }
  pod_builder& owned_by(std::string kind, std::string name) {
    pod_.meta.owners = {{std::move(kind), std::move(name), {}, true}};
    return *this;
  }
  pod_builder& container(std::string name, resources requests, resources limits = {},
                         container_role role = container_role::main) {
    container_spec spec;
    spec.name = name;
    spec.image = name + ":1";
    spec.role = role;
    spec.resources = {requests, limits};
    pod_.containers.push_back(spec);
    container_status status;
    status.name = std::move(name);
    status.ready = true;
    status.allocated = requests;
    status.actual = {requests, limits};
    pod_.statuses.push_back(std::move(status));
    return *this;
  }
  pod_builder& uid(std::string value) {
    pod_.meta.uid = std::move(value);
    return *this;
  }
  pod_builder& on(std::string node) {
    pod_.node = std::move(node);
    return *this;
  }
  pod_builder& label(std::string key, std::string value) {
    pod_.meta.labels[std::move(key)] = std::move(value);
    return *this;
  }
  pod_builder& annotation(std::string_view key, std::string value) {
    pod_.meta.annotations[std::string(key)] = std::move(value);
    return *this;
  }
  pod_builder& unready() {
    pod_.ready = false;
    return *this;
  }
  pod& edit() { return pod_; }
  operator pod() const { return pod_; }
  std::shared_ptr<const pod> shared() const { return std::make_shared<const pod>(pod_); }

private:
  pod pod_;
};

inline workload deployment(std::string ns, std::string name, int32_t replicas,
                           std::string kind = "Deployment") {
  workload w;
  w.meta.ns = std::move(ns);
  w.meta.name = std::move(name);
  w.kind = std::move(kind);
  w.replicas = w.ready_replicas = w.updated_replicas = w.current_replicas = replicas;
  return w;
}

inline workload replica_set(std::string ns, std::string name, std::string owner, int32_t replicas) {
  auto w = deployment(std::move(ns), std::move(name), replicas, "ReplicaSet");
  w.meta.owners = {{"Deployment", std::move(owner), {}, true}};
  return w;
}

inline node make_node(std::string name, int64_t cpu = 16'000, std::string_view memory = "64Gi") {
  node n;
  n.meta.name = std::move(name);
  n.capacity = n.allocatable = res(cpu, memory);
  return n;
}

inline namespace_object make_namespace(std::string name) {
  namespace_object n;
  n.meta.name = std::move(name);
  return n;
}

inline container_recommendation want(std::string name, resources requests, resources limits = {},
                                     double confidence = 1) {
  container_recommendation c;
  c.name = std::move(name);
  c.target = {requests, limits};
  c.confidence = confidence;
  return c;
}

/// Granted by "alice".
inline recommendation recommend(workload_ref ref, std::vector<container_recommendation> containers,
                                instant decided, uint64_t revision = 1) {
  recommendation r;
  r.meta.ns = ref.ns;
  r.meta.name = ref.object_name();
  r.target = ref;
  r.automation = automation_grant{"alice", decided};
  r.status.workload = std::move(ref);
  r.status.decided_at = decided;
  r.status.policy = "production";
  r.status.containers = std::move(containers);
  r.status.revision = revision;
  r.coverage = 1;
  return r;
}

inline health_report green_report(instant at, bool open = true) {
  health_report h;
  h.meta.ns = labels::system_namespace;
  h.meta.name = "health";
  h.gate_open = open;
  h.at = at;
  return h;
}

}  // namespace scaleops::test

namespace scaleops {

/// So that a failed CHECK says what it saw.
inline std::ostream& operator<<(std::ostream& out, const resources& value) {
  return out << "{cpu " << (value.cpu ? format_cpu(*value.cpu) : "-") << ", memory "
             << (value.memory ? format_memory(*value.memory) : "-") << "}";
}
inline std::ostream& operator<<(std::ostream& out, const container_resources& value) {
  return out << "requests " << value.requests << " limits " << value.limits;
}

}  // namespace scaleops
