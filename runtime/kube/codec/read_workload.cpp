// Owners of pods: Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob and Argo's Rollout.
#include <algorithm>
#include <charconv>

#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::kube {

namespace {

/// "25%" of a whole, or a number.
template <class View>
int32_t absolute(View value, int32_t of, bool round_up, int32_t otherwise) {
  if (!value)
    return otherwise;
  if (value.is_integer())
    return value.count(otherwise);
  auto words = value.text();
  int32_t percent = 0;
  auto* end = words.data() + words.size();
  auto [at, error] = std::from_chars(words.data(), end, percent);
  if (error != std::errc{} || at + 1 != end || *at != '%' || percent < 0 || percent > 1000)
    return otherwise;
  auto share = int64_t(of) * percent;
  return int32_t((share + (round_up ? 99 : 0)) / 100);
}

template <class View>
void read_template(View value, workload& into) {
  into.template_labels = value["metadata"]["labels"].texts();
  into.template_annotations = value["metadata"]["annotations"].texts();
  into.containers = read_containers(value["spec"]);
}

template <class View>
void read_counts(View status, workload& into) {
  into.ready_replicas = status["readyReplicas"].count();
  into.updated_replicas = status["updatedReplicas"].count();
  into.current_replicas = status["replicas"].count();
  into.observed_generation = status["observedGeneration"].integer();
}

/// The annotation that a controller counts its templates with.
std::string counted_revision(const workload& value, const char* annotation) {
  auto found = value.meta.annotations.find(annotation);
  return found == value.meta.annotations.end() ? std::string{} : found->second;
}

template <class View>
void read_deployment(View spec, workload& into, bool is_rollout) {
  auto rolling = is_rollout ? spec["strategy"]["canary"] : spec["strategy"]["rollingUpdate"];
  // Kubernetes rounds what may be missing down and what may be over up; 25 % where nothing is said.
  into.max_unavailable =
    absolute(rolling["maxUnavailable"], into.replicas, false, into.replicas / 4);
  into.max_surge = absolute(rolling["maxSurge"], into.replicas, true, (into.replicas + 3) / 4);
  if (into.max_unavailable == 0 && into.max_surge == 0)
    into.max_unavailable = 1;
  if (spec["strategy"]["type"].text() == "Recreate") {
    into.max_unavailable = into.replicas;
    into.max_surge = 0;
  }
  into.paused = spec["paused"].boolean();
}

template <class View>
void read_stateful_set(View spec, View status, workload& into) {
  auto strategy = spec["updateStrategy"];
  into.max_surge = 0;
  into.max_unavailable =
    absolute(strategy["rollingUpdate"]["maxUnavailable"], into.replicas, true, 1);
  into.revision = status["updateRevision"].string();
  // Pods below the partition, or all of them, are meant to stay old: that is no rollout under way.
  if (strategy["type"].text() == "OnDelete")
    into.updated_replicas = into.current_replicas;
  else
    into.updated_replicas =
      std::min(into.current_replicas,
               into.updated_replicas + strategy["rollingUpdate"]["partition"].count());
}

template <class View>
void read_daemon_set(View spec, View status, workload& into) {
  into.replicas = status["desiredNumberScheduled"].count();
  into.ready_replicas = status["numberReady"].count();
  into.updated_replicas = status["updatedNumberScheduled"].count();
  into.current_replicas = status["currentNumberScheduled"].count();
  auto rolling = spec["updateStrategy"]["rollingUpdate"];
  into.max_unavailable = absolute(rolling["maxUnavailable"], into.replicas, true, 1);
  into.max_surge = absolute(rolling["maxSurge"], into.replicas, true, 0);
  if (spec["updateStrategy"]["type"].text() == "OnDelete")
    into.updated_replicas = std::max(into.updated_replicas, into.replicas);
  into.revision = counted_revision(into, "deprecated.daemonset.template.generation");
}

/// Jobs do not roll: whatever runs is of the one template.
void settle_counts(workload& into) {
  into.updated_replicas = into.current_replicas = into.replicas;
  into.observed_generation = into.meta.generation;
  into.max_surge = 0;
}

}  // namespace

template <class View>
workload read_workload(View object, const std::string& kind) {
  workload out;
  out.kind = kind;
  out.meta = read_metadata(object);
  auto spec = object["spec"], status = object["status"];
  out.replicas = spec["replicas"].count(1);
  out.selector = spec["selector"]["matchLabels"].texts();
  out.min_ready = std::chrono::seconds{spec["minReadySeconds"].count()};
  read_counts(status, out);
  if (kind == "CronJob")
    read_template(spec["jobTemplate"]["spec"]["template"], out);
  else
    read_template(spec["template"], out);

  if (kind == "Deployment") {
    read_deployment(spec, out, false);
    out.revision = counted_revision(out, "deployment.kubernetes.io/revision");
  } else if (kind == "StatefulSet") {
    read_stateful_set(spec, status, out);
  } else if (kind == "DaemonSet") {
    read_daemon_set(spec, status, out);
  } else if (kind == "ReplicaSet") {
    out.updated_replicas = out.current_replicas;
    if (auto hash = out.meta.labels.find("pod-template-hash"); hash != out.meta.labels.end())
      out.revision = hash->second;
  } else if (kind == "Job") {
    out.replicas = spec["completions"].count(spec["parallelism"].count(1));
    out.ready_replicas = status["ready"].count();
    settle_counts(out);
  } else if (kind == "CronJob") {
    out.paused = spec["suspend"].boolean();
    settle_counts(out);
  } else {  // Rollout and others of its form
    read_deployment(spec, out, true);
    out.revision = status["currentPodHash"].string();
    if (!status["observedGeneration"].is_integer())  // Argo writes it as a text
      out.observed_generation = out.meta.generation;
  }
  return out;
}

template workload read_workload(json_view, const std::string&);
template workload read_workload(wire_view, const std::string&);

}  // namespace scaleops::kube
