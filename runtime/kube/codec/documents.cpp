#include "runtime/kube/codec/documents.hpp"

#include <array>

#include <fmt/format.h>

namespace scaleops::kube::documents {

namespace {

using nlohmann::json;

std::string micro_time(instant at) {
  auto text = format_rfc3339(at);  // MicroTime wants a fraction
  auto rest = at - std::chrono::floor<std::chrono::seconds>(at);
  return text.substr(0, text.size() - 1) + fmt::format(".{:03}000Z", rest.count());
}

std::string api_version_of_owner(const std::string& kind) {
  if (kind == "Pod" || kind == "Node" || kind == "Namespace" || kind == "ReplicationController")
    return "v1";
  if (kind == "Job" || kind == "CronJob")
    return "batch/v1";
  return kind == "Rollout" ? "argoproj.io/v1alpha1" : "apps/v1";
}

json quantities(const resources& values) {
  auto out = json::object();
  if (values.cpu)
    out["cpu"] = format_cpu(*values.cpu);
  if (values.memory)
    out["memory"] = format_memory(*values.memory);
  return out;
}

json container_of(const container_spec& value) {
  json out{{"name", value.name},
           {"image", value.image},
           {"resources",
            {{"requests", quantities(value.resources.requests)},
             {"limits", quantities(value.resources.limits)}}},
           // The least that a container can live with: allowed in restricted namespaces too.
           {"securityContext",
            {{"allowPrivilegeEscalation", false}, {"capabilities", {{"drop", {"ALL"}}}}}}};
  auto rules = json::array();
  auto restart = [&](resize_policy policy, const char* name) {
    if (policy == resize_policy::restart_container)
      rules.push_back({{"resourceName", name}, {"restartPolicy", "RestartContainer"}});
  };
  restart(value.resize_cpu, "cpu");
  restart(value.resize_memory, "memory");
  if (!rules.empty())
    out["resizePolicy"] = std::move(rules);
  if (value.role == container_role::sidecar)
    out["restartPolicy"] = "Always";
  return out;
}

json pod_spec_of(const std::vector<container_spec>& containers) {
  json out{{"automountServiceAccountToken", false},
           {"securityContext",
            {{"runAsNonRoot", true},
             {"runAsUser", 65534},
             {"seccompProfile", {{"type", "RuntimeDefault"}}}}}};
  auto main = json::array(), init = json::array();
  for (auto& each : containers)
    (each.role == container_role::main ? main : init).push_back(container_of(each));
  out["containers"] = std::move(main);
  if (!init.empty())
    out["initContainers"] = std::move(init);
  return out;
}

json template_of(const workload& value) {
  json meta{{"labels", value.template_labels}};
  if (!value.template_annotations.empty())
    meta["annotations"] = value.template_annotations;
  return {{"metadata", std::move(meta)}, {"spec", pod_spec_of(value.containers)}};
}

json selector_of(const label_selector& value) {
  auto out = json::object();
  if (!value.match_labels.empty())
    out["matchLabels"] = value.match_labels;
  constexpr std::array names = {"In", "NotIn", "Exists", "DoesNotExist"};
  for (auto& each : value.expressions) {
    json expression{{"key", each.key}, {"operator", names[size_t(each.operation)]}};
    if (!each.values.empty())
      expression["values"] = each.values;
    out["matchExpressions"].push_back(std::move(expression));
  }
  return out;
}

json number_or_percent(const int_or_percent& value) {
  return value.percent ? json(std::to_string(value.value) + "%") : json(value.value);
}

json body(const pod& value) {
  auto spec = pod_spec_of(value.containers);
  if (value.restart_never)
    spec["restartPolicy"] = "Never";
  return {{"spec", std::move(spec)}};
}

json body(const workload& value) {
  json spec{{"template", template_of(value)}};
  if (value.kind == "Job") {
    spec["completions"] = value.replicas;
    spec["template"]["spec"]["restartPolicy"] = "Never";
    return {{"spec", std::move(spec)}};
  }
  if (value.kind != "Deployment" && value.kind != "StatefulSet" && value.kind != "DaemonSet" &&
      value.kind != "ReplicaSet")
    return nullptr;
  spec["selector"] = {{"matchLabels", value.selector}};
  if (value.kind != "DaemonSet")
    spec["replicas"] = value.replicas;
  if (value.min_ready.count() > 0)
    spec["minReadySeconds"] = value.min_ready.count() / 1000;
  if (value.kind == "Deployment") {
    spec["strategy"] = {
      {"type", "RollingUpdate"},
      {"rollingUpdate",
       {{"maxUnavailable", value.max_unavailable}, {"maxSurge", value.max_surge}}}};
    spec["paused"] = value.paused;
  }
  if (value.kind == "StatefulSet")
    spec["serviceName"] = value.meta.name;
  return {{"spec", std::move(spec)}};
}

json body(const namespace_object&) {
  return json::object();
}

json body(const pod_disruption_budget& value) {
  json spec{{"selector", selector_of(value.selector)}};
  if (value.min_available)
    spec["minAvailable"] = number_or_percent(*value.min_available);
  if (value.max_unavailable)
    spec["maxUnavailable"] = number_or_percent(*value.max_unavailable);
  return {{"spec", std::move(spec)}};
}

json body(const lease& value) {
  json spec{{"leaseDurationSeconds", std::max<int64_t>(1, value.duration.count() / 1000)},
            {"leaseTransitions", value.transitions}};
  if (!value.holder.empty())
    spec["holderIdentity"] = value.holder;
  if (value.acquired != instant{})
    spec["acquireTime"] = micro_time(value.acquired);
  if (value.renewed != instant{})
    spec["renewTime"] = micro_time(value.renewed);
  return {{"spec", std::move(spec)}};
}

json body(const event& value) {
  json out{{"involvedObject",
            {{"apiVersion", api_version_of_owner(value.kind)},
             {"kind", value.kind},
             {"namespace", value.object_ns},
             {"name", value.object_name}}},
           {"reason", value.reason},
           {"message", value.message},
           {"type", value.warning ? "Warning" : "Normal"},
           {"count", value.count},
           {"source", {{"component", value.component}}},
           {"reportingComponent", value.component}};
  if (value.last_seen != instant{})
    out["firstTimestamp"] = out["lastTimestamp"] = format_rfc3339(value.last_seen);
  return out;
}

}  // namespace

json metadata_of(const metadata& meta) {
  auto out = json::object();
  if (!meta.name.empty())
    out["name"] = meta.name;
  if (!meta.ns.empty())
    out["namespace"] = meta.ns;
  if (!meta.labels.empty())
    out["labels"] = meta.labels.get();
  if (!meta.annotations.empty())
    out["annotations"] = meta.annotations.get();
  for (auto& owner : meta.owners)
    out["ownerReferences"].push_back({{"apiVersion", api_version_of_owner(owner.kind)},
                                      {"kind", owner.kind},
                                      {"name", owner.name},
                                      {"uid", owner.uid},
                                      {"controller", owner.controller}});
  return out;
}

json body_of(const object& value) {
  return std::visit(
    []<class T>(const T& typed) -> json {
      if constexpr (requires { body(typed); })
        return body(typed);
      else
        return nullptr;
    },
    value);
}

}  // namespace scaleops::kube::documents
