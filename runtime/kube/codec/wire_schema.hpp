// Our subset of Kubernetes' Protobuf schema: the fields that our values have, under the names that
// they have in JSON. Numbers and types as published in generated.proto of k8s.io/api and
// k8s.io/apimachinery v0.35 (they never change, by the API's own rules). Whatever is not here is
// passed over unread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace scaleops::kube::wire {

enum class form : uint8_t {
  message,
  text,           // string, bytes
  number,         // int32, int64, bool
  number_if_any,  // likewise, but JSON leaves it out when it is zero and absence means another
                  // value
  time,           // meta.v1 Time and MicroTime: seconds, nanoseconds
  quantity,       // a message around its text
  int_or_text,    // util.intstr.IntOrString
  text_map,       // map<string, string>
  quantity_map,   // map<string, Quantity>
};

struct message;
struct field {
  std::string_view name;
  uint32_t number = 0;
  form is = form::text;
  const message* of = nullptr;  // of messages
  bool repeated = false;
};
struct message {
  std::span<const field> fields;
};

// A message, and a field that is one.
#define SCALEOPS_WIRE(name, ...)                          \
  inline constexpr field name##_fields[] = {__VA_ARGS__}; \
  inline constexpr message name {                         \
    name##_fields                                         \
  }
constexpr field one(std::string_view name, uint32_t number, const message& of) {
  return {name, number, form::message, &of, false};
}
constexpr field many(std::string_view name, uint32_t number, const message& of) {
  return {name, number, form::message, &of, true};
}
constexpr field texts(std::string_view name, uint32_t number) {
  return {name, number, form::text, nullptr, true};
}

// ---- runtime, meta.v1 ----

SCALEOPS_WIRE(type_meta, {"apiVersion", 1}, {"kind", 2});
SCALEOPS_WIRE(unknown, one("typeMeta", 1, type_meta), {"raw", 2}, {"contentEncoding", 3},
              {"contentType", 4});
SCALEOPS_WIRE(raw_extension, {"raw", 1});
SCALEOPS_WIRE(watch_step, {"type", 1}, one("object", 2, raw_extension));
SCALEOPS_WIRE(list_meta, {"resourceVersion", 2}, {"continue", 3});
SCALEOPS_WIRE(owner, {"kind", 1}, {"name", 3}, {"uid", 4}, {"controller", 6, form::number});
SCALEOPS_WIRE(object_meta, {"name", 1}, {"namespace", 3}, {"uid", 5}, {"resourceVersion", 6},
              {"generation", 7, form::number}, {"creationTimestamp", 8, form::time},
              {"deletionTimestamp", 9, form::time}, {"labels", 11, form::text_map},
              {"annotations", 12, form::text_map}, many("ownerReferences", 13, owner));
SCALEOPS_WIRE(any_object, one("metadata", 1, object_meta));
SCALEOPS_WIRE(cause, {"reason", 1}, {"field", 3});
SCALEOPS_WIRE(status_details, many("causes", 4, cause));
SCALEOPS_WIRE(status, {"message", 3}, {"reason", 4}, one("details", 5, status_details),
              {"code", 6, form::number});
SCALEOPS_WIRE(requirement, {"key", 1}, {"operator", 2}, texts("values", 3));
SCALEOPS_WIRE(selector, {"matchLabels", 1, form::text_map},
              many("matchExpressions", 2, requirement));

// ---- core.v1 ----

SCALEOPS_WIRE(resource_requirements, {"limits", 1, form::quantity_map},
              {"requests", 2, form::quantity_map});
SCALEOPS_WIRE(resize_rule, {"resourceName", 1}, {"restartPolicy", 2});
SCALEOPS_WIRE(container, {"name", 1}, {"image", 2}, one("resources", 8, resource_requirements),
              many("resizePolicy", 23, resize_rule), {"restartPolicy", 24});
SCALEOPS_WIRE(pod_spec, many("initContainers", 20, container), many("containers", 2, container),
              {"restartPolicy", 3}, {"nodeName", 10}, {"priority", 25, form::number});
SCALEOPS_WIRE(state_running, {"startedAt", 1, form::time});
SCALEOPS_WIRE(state_terminated, {"exitCode", 1, form::number}, {"reason", 3},
              {"startedAt", 5, form::time}, {"finishedAt", 6, form::time});
SCALEOPS_WIRE(container_state, one("running", 2, state_running),
              one("terminated", 3, state_terminated));
SCALEOPS_WIRE(container_status, {"name", 1}, one("state", 2, container_state),
              one("lastState", 3, container_state), {"ready", 4, form::number},
              {"restartCount", 5, form::number}, {"allocatedResources", 10, form::quantity_map},
              one("resources", 11, resource_requirements));
SCALEOPS_WIRE(condition, {"type", 1}, {"status", 2}, {"lastTransitionTime", 4, form::time},
              {"reason", 5}, {"message", 6}, {"observedGeneration", 7, form::number});
SCALEOPS_WIRE(pod_status, {"phase", 1}, many("conditions", 2, condition), {"reason", 4},
              {"startTime", 7, form::time}, many("containerStatuses", 8, container_status),
              many("initContainerStatuses", 10, container_status));
SCALEOPS_WIRE(pod, one("metadata", 1, object_meta), one("spec", 2, pod_spec),
              one("status", 3, pod_status));
SCALEOPS_WIRE(pod_template, one("metadata", 1, object_meta), one("spec", 2, pod_spec));

SCALEOPS_WIRE(node_spec, {"unschedulable", 4, form::number});
SCALEOPS_WIRE(node_status, {"capacity", 1, form::quantity_map},
              {"allocatable", 2, form::quantity_map}, many("conditions", 4, condition));
SCALEOPS_WIRE(node, one("metadata", 1, object_meta), one("spec", 2, node_spec),
              one("status", 3, node_status));

SCALEOPS_WIRE(limit_item, {"type", 1}, {"max", 2, form::quantity_map},
              {"min", 3, form::quantity_map}, {"default", 4, form::quantity_map},
              {"defaultRequest", 5, form::quantity_map});
SCALEOPS_WIRE(limit_spec, many("limits", 1, limit_item));
SCALEOPS_WIRE(limit_range, one("metadata", 1, object_meta), one("spec", 2, limit_spec));
SCALEOPS_WIRE(quota_spec, {"hard", 1, form::quantity_map});
SCALEOPS_WIRE(quota_status, {"used", 2, form::quantity_map});
SCALEOPS_WIRE(quota, one("metadata", 1, object_meta), one("spec", 2, quota_spec),
              one("status", 3, quota_status));

SCALEOPS_WIRE(reference, {"kind", 1}, {"namespace", 2}, {"name", 3});
SCALEOPS_WIRE(event_source, {"component", 1});
SCALEOPS_WIRE(event, one("metadata", 1, object_meta), one("involvedObject", 2, reference),
              {"reason", 3}, {"message", 4}, one("source", 5, event_source),
              {"lastTimestamp", 7, form::time}, {"count", 8, form::number_if_any}, {"type", 9},
              {"eventTime", 10, form::time}, {"reportingComponent", 14});

// ---- apps.v1, batch.v1: status fields bear the same names, not the same numbers ----

SCALEOPS_WIRE(rolling_update, {"maxUnavailable", 1, form::int_or_text},
              {"maxSurge", 2, form::int_or_text});
SCALEOPS_WIRE(strategy, {"type", 1}, one("rollingUpdate", 2, rolling_update));
SCALEOPS_WIRE(deployment_spec, {"replicas", 1, form::number}, one("selector", 2, selector),
              one("template", 3, pod_template), one("strategy", 4, strategy),
              {"minReadySeconds", 5, form::number}, {"paused", 7, form::number});
SCALEOPS_WIRE(deployment_status, {"observedGeneration", 1, form::number},
              {"replicas", 2, form::number}, {"updatedReplicas", 3, form::number},
              {"readyReplicas", 7, form::number});
SCALEOPS_WIRE(deployment, one("metadata", 1, object_meta), one("spec", 2, deployment_spec),
              one("status", 3, deployment_status));

SCALEOPS_WIRE(stateful_rolling, {"partition", 1, form::number},
              {"maxUnavailable", 2, form::int_or_text});
SCALEOPS_WIRE(stateful_strategy, {"type", 1}, one("rollingUpdate", 2, stateful_rolling));
SCALEOPS_WIRE(stateful_spec, {"replicas", 1, form::number}, one("selector", 2, selector),
              one("template", 3, pod_template), one("updateStrategy", 7, stateful_strategy),
              {"minReadySeconds", 9, form::number});
SCALEOPS_WIRE(stateful_status, {"observedGeneration", 1, form::number},
              {"replicas", 2, form::number}, {"readyReplicas", 3, form::number},
              {"updatedReplicas", 5, form::number}, {"updateRevision", 7});
SCALEOPS_WIRE(stateful_set, one("metadata", 1, object_meta), one("spec", 2, stateful_spec),
              one("status", 3, stateful_status));

SCALEOPS_WIRE(daemon_spec, one("selector", 1, selector), one("template", 2, pod_template),
              one("updateStrategy", 3, strategy), {"minReadySeconds", 4, form::number});
SCALEOPS_WIRE(daemon_status, {"currentNumberScheduled", 1, form::number},
              {"desiredNumberScheduled", 3, form::number}, {"numberReady", 4, form::number},
              {"observedGeneration", 5, form::number}, {"updatedNumberScheduled", 6, form::number});
SCALEOPS_WIRE(daemon_set, one("metadata", 1, object_meta), one("spec", 2, daemon_spec),
              one("status", 3, daemon_status));

SCALEOPS_WIRE(replica_spec, {"replicas", 1, form::number}, one("selector", 2, selector),
              one("template", 3, pod_template), {"minReadySeconds", 4, form::number});
SCALEOPS_WIRE(replica_status, {"replicas", 1, form::number},
              {"observedGeneration", 3, form::number}, {"readyReplicas", 4, form::number});
SCALEOPS_WIRE(replica_set, one("metadata", 1, object_meta), one("spec", 2, replica_spec),
              one("status", 3, replica_status));

SCALEOPS_WIRE(job_spec, {"parallelism", 1, form::number}, {"completions", 2, form::number},
              one("selector", 4, selector), one("template", 6, pod_template));
SCALEOPS_WIRE(job_status, {"ready", 9, form::number});
SCALEOPS_WIRE(job, one("metadata", 1, object_meta), one("spec", 2, job_spec),
              one("status", 3, job_status));
SCALEOPS_WIRE(job_template, one("spec", 2, job_spec));
SCALEOPS_WIRE(cron_spec, {"suspend", 4, form::number}, one("jobTemplate", 5, job_template));
SCALEOPS_WIRE(cron_job, one("metadata", 1, object_meta), one("spec", 2, cron_spec));

// ---- policy.v1, autoscaling.v2, coordination.v1 ----

SCALEOPS_WIRE(budget_spec, {"minAvailable", 1, form::int_or_text}, one("selector", 2, selector),
              {"maxUnavailable", 3, form::int_or_text});
SCALEOPS_WIRE(budget_status, {"observedGeneration", 1, form::number},
              {"disruptionsAllowed", 3, form::number}, {"currentHealthy", 4, form::number},
              {"desiredHealthy", 5, form::number}, {"expectedPods", 6, form::number});
SCALEOPS_WIRE(budget, one("metadata", 1, object_meta), one("spec", 2, budget_spec),
              one("status", 3, budget_status));

SCALEOPS_WIRE(scale_target, {"kind", 1}, {"name", 2});
SCALEOPS_WIRE(metric_target, {"averageValue", 3, form::quantity},
              {"averageUtilization", 4, form::number});
SCALEOPS_WIRE(metric_source, {"name", 1}, one("target", 2, metric_target), {"container", 3});
SCALEOPS_WIRE(metric, {"type", 1}, one("resource", 4, metric_source),
              one("containerResource", 7, metric_source));
SCALEOPS_WIRE(autoscaler_spec, one("scaleTargetRef", 1, scale_target),
              {"minReplicas", 2, form::number}, {"maxReplicas", 3, form::number},
              many("metrics", 4, metric));
SCALEOPS_WIRE(autoscaler_status, {"currentReplicas", 3, form::number},
              {"desiredReplicas", 4, form::number});
SCALEOPS_WIRE(autoscaler, one("metadata", 1, object_meta), one("spec", 2, autoscaler_spec),
              one("status", 3, autoscaler_status));

SCALEOPS_WIRE(lease_spec, {"holderIdentity", 1}, {"leaseDurationSeconds", 2, form::number},
              {"acquireTime", 3, form::time}, {"renewTime", 4, form::time},
              {"leaseTransitions", 5, form::number});
SCALEOPS_WIRE(lease, one("metadata", 1, object_meta), one("spec", 2, lease_spec));

#undef SCALEOPS_WIRE

/// Of a kind as the API server names it; null for those that are not read from Protobuf.
const message* message_of(std::string_view kind);

}  // namespace scaleops::kube::wire
