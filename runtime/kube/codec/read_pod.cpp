// Metadata and pods: what is read a hundred thousand times.
#include <algorithm>

#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::kube {

namespace {

template <class View>
container_resources read_resources(View value) {
  return {value["requests"].requests_or_limits(), value["limits"].requests_or_limits()};
}

template <class View>
container_spec read_container(View value, container_role role) {
  container_spec out;
  out.name = value["name"].string();
  out.image = value["image"].string();
  out.role = role;
  out.resources = read_resources(value["resources"]);
  value["resizePolicy"].each([&](View rule) {
    if (rule["restartPolicy"].text() != "RestartContainer")
      return;
    auto name = rule["resourceName"].text();
    if (name == "cpu")
      out.resize_cpu = resize_policy::restart_container;
    else if (name == "memory")
      out.resize_memory = resize_policy::restart_container;
  });
  return out;
}

template <class View>
container_status read_status(View value) {
  container_status out;
  out.name = value["name"].string();
  out.ready = value["ready"].boolean();
  out.restarts = value["restartCount"].count();
  out.started = value["state"]["running"]["startedAt"].time();
  out.allocated = value["allocatedResources"].requests_or_limits();
  out.actual = read_resources(value["resources"]);
  if (auto last = value["lastState"]["terminated"])
    out.last_termination = termination{last["reason"].string(), last["exitCode"].count(),
                                       last["startedAt"].time(), last["finishedAt"].time()};
  return out;
}

pod_phase read_phase(std::string_view words) {
  if (words == "Running")
    return pod_phase::running;
  if (words == "Succeeded")
    return pod_phase::succeeded;
  return words == "Failed" ? pod_phase::failed : pod_phase::pending;
}

template <class View>
void read_condition(View value, pod& into) {
  auto type = value["type"].text();
  bool on = value["status"].text() == "True";
  auto since = value["lastTransitionTime"].time();
  if (type == "Ready") {
    into.ready = on;
    into.ready_since = on ? since : instant{};
    return;
  }
  bool pending = type == "PodResizePending";
  if (!on || (!pending && type != "PodResizeInProgress"))
    return;
  auto& resize = into.resize;
  auto reason = value["reason"].text();
  if (pending) {
    resize.pending = reason == "Infeasible" ? resize_status::pending_reason::infeasible
                                            : resize_status::pending_reason::deferred;
  } else {
    resize.in_progress = true;
    resize.error = reason == "Error";
  }
  if (auto message = value["message"].string(); !message.empty())
    resize.message = std::move(message);
  resize.observed_generation =
    std::max(resize.observed_generation, value["observedGeneration"].integer());
  resize.since = std::max(resize.since, since);
}

}  // namespace

template <class View>
metadata read_metadata(View object) {
  auto value = object["metadata"];
  metadata out;
  value.each_member([&](std::string_view key, View field) {
    if (key == "name")
      out.name = field.string();
    else if (key == "namespace")
      out.ns = field.string();
    else if (key == "uid")
      out.uid = field.string();
    else if (key == "resourceVersion")
      out.resource_version = version_of(field.text());
    else if (key == "generation")
      out.generation = field.integer();
    else if (key == "creationTimestamp")
      out.created = field.time();
    else if (key == "deletionTimestamp" && field)
      out.deleted = field.time();
    else if (key == "labels")
      out.labels = field.texts();
    else if (key == "annotations")
      out.annotations = field.texts();
    else if (key == "ownerReferences")
      field.each([&](View owner) {
        out.owners.push_back({owner["kind"].string(), owner["name"].string(), owner["uid"].string(),
                              owner["controller"].boolean()});
      });
  });
  // Long, and of no use to us.
  out.annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
  return out;
}

template <class View>
std::vector<container_spec> read_containers(View pod_spec) {
  std::vector<container_spec> out;
  pod_spec["containers"].each(
    [&](View value) { out.push_back(read_container(value, container_role::main)); });
  pod_spec["initContainers"].each([&](View value) {
    bool stays = value["restartPolicy"].text() == "Always";
    out.push_back(read_container(value, stays ? container_role::sidecar : container_role::init));
  });
  return out;
}

template <class View>
pod read_pod(View object) {
  pod out;
  out.meta = read_metadata(object);
  auto spec = object["spec"], status = object["status"];
  out.node = spec["nodeName"].string();
  out.priority = spec["priority"].count();
  out.restart_never = spec["restartPolicy"].text() == "Never";
  out.containers = read_containers(spec);
  out.phase = read_phase(status["phase"].text());
  out.started = status["startTime"].time();
  out.status_reason = status["reason"].string();
  status["conditions"].each([&](View value) { read_condition(value, out); });

  out.statuses.resize(out.containers.size());
  for (size_t i = 0; i < out.containers.size(); ++i)
    out.statuses[i].name = out.containers[i].name;
  for (auto list : {"containerStatuses", "initContainerStatuses"})
    status[list].each([&](View value) {
      auto name = value["name"].text();
      for (auto& each : out.statuses)
        if (each.name == name)
          each = read_status(value);
    });
  return out;
}

template metadata read_metadata(json_view);
template metadata read_metadata(wire_view);
template std::vector<container_spec> read_containers(json_view);
template std::vector<container_spec> read_containers(wire_view);
template pod read_pod(json_view);
template pod read_pod(wire_view);

}  // namespace scaleops::kube
