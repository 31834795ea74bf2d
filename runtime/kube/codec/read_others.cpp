// The other built-in kinds.
#include <algorithm>
#include <charconv>

#include "runtime/kube/codec/kinds.hpp"

namespace scaleops::kube {

namespace {

template <class View>
std::optional<int_or_percent> read_int_or_percent(View value) {
  if (!value)
    return std::nullopt;
  if (value.is_integer())
    return int_or_percent{value.count(), false};
  auto words = value.text();
  int_or_percent out;
  auto* end = words.data() + words.size();
  auto [at, error] = std::from_chars(words.data(), end, out.value);
  if (error != std::errc{})
    return std::nullopt;
  out.percent = at != end && *at == '%';
  return out;
}

template <class View>
void read_metric(View value, horizontal_pod_autoscaler& into) {
  auto type = value["type"].text();
  bool of_container = type == "ContainerResource";
  if (!of_container && type != "Resource") {
    into.external_metrics = true;
    return;
  }
  auto source = value[of_container ? "containerResource" : "resource"];
  auto name = source["name"].text();
  if (name != "cpu" && name != "memory") {
    into.external_metrics = true;
    return;
  }
  hpa_metric out;
  out.resource = name == "cpu" ? resource_kind::cpu : resource_kind::memory;
  out.container = source["container"].string();
  auto target = source["target"];
  if (auto share = target["averageUtilization"])
    out.utilization = share.count();
  if (auto average = target["averageValue"])
    out.average_value = name == "cpu" ? average.cpu() : average.memory();
  into.metrics.push_back(std::move(out));
}

/// "requests.cpu" and its short name "cpu".
template <class View>
resources read_hard(View hard, const char* prefix, bool is_short) {
  auto at = [&](const std::string& name) {
    auto value = hard[prefix + name];
    return value || !is_short ? value : hard[name];
  };
  return {at("cpu").cpu(), at("memory").memory()};
}

}  // namespace

template <class View>
label_selector read_selector(View value) {
  label_selector out;
  out.match_labels = value["matchLabels"].texts();
  value["matchExpressions"].each([&](View expression) {
    label_requirement requirement;
    requirement.key = expression["key"].string();
    auto op = expression["operator"].text();
    using ops = label_requirement::op;
    requirement.operation = op == "NotIn"          ? ops::not_in
                            : op == "Exists"       ? ops::exists
                            : op == "DoesNotExist" ? ops::does_not_exist
                                                   : ops::in;
    expression["values"].each([&](View each) { requirement.values.push_back(each.string()); });
    out.expressions.push_back(std::move(requirement));
  });
  return out;
}

template <class View>
node read_node(View object) {
  node out;
  out.meta = read_metadata(object);
  auto status = object["status"];
  out.capacity = status["capacity"].requests_or_limits();
  out.allocatable = status["allocatable"].requests_or_limits();
  if (auto pods = status["allocatable"]["pods"].memory())
    out.max_pods = int32_t(std::min<int64_t>(*pods, INT32_MAX));
  out.unschedulable = object["spec"]["unschedulable"].boolean();
  out.ready = false;
  status["conditions"].each([&](View condition) {
    auto type = condition["type"].text();
    bool on = condition["status"].text() == "True";
    if (type == "Ready")
      out.ready = on;
    else if (type == "MemoryPressure")
      out.memory_pressure = on;
  });
  return out;
}

template <class View>
pod_disruption_budget read_budget(View object) {
  pod_disruption_budget out;
  out.meta = read_metadata(object);
  auto spec = object["spec"], status = object["status"];
  out.selector = read_selector(spec["selector"]);
  out.min_available = read_int_or_percent(spec["minAvailable"]);
  out.max_unavailable = read_int_or_percent(spec["maxUnavailable"]);
  out.disruptions_allowed = status["disruptionsAllowed"].count();
  out.current_healthy = status["currentHealthy"].count();
  out.desired_healthy = status["desiredHealthy"].count();
  out.expected_pods = status["expectedPods"].count();
  out.observed_generation = status["observedGeneration"].integer();
  return out;
}

template <class View>
horizontal_pod_autoscaler read_autoscaler(View object) {
  horizontal_pod_autoscaler out;
  out.meta = read_metadata(object);
  auto spec = object["spec"], status = object["status"];
  out.target = {out.meta.ns, spec["scaleTargetRef"]["kind"].string(),
                spec["scaleTargetRef"]["name"].string()};
  out.min_replicas = spec["minReplicas"].count(1);
  out.max_replicas = spec["maxReplicas"].count(1);
  spec["metrics"].each([&](View value) { read_metric(value, out); });
  out.current_replicas = status["currentReplicas"].count();
  out.desired_replicas = status["desiredReplicas"].count();
  return out;
}

template <class View>
limit_range read_limit_range(View object) {
  limit_range out;
  out.meta = read_metadata(object);
  object["spec"]["limits"].each([&](View value) {
    auto type = value["type"].text();
    if (type == "Container") {
      out.container_min = value["min"].requests_or_limits();
      out.container_max = value["max"].requests_or_limits();
      out.container_default = value["default"].requests_or_limits();
      out.container_default_request = value["defaultRequest"].requests_or_limits();
    } else if (type == "Pod") {
      out.pod_min = value["min"].requests_or_limits();
      out.pod_max = value["max"].requests_or_limits();
    }
  });
  return out;
}

template <class View>
resource_quota read_quota(View object) {
  resource_quota out;
  out.meta = read_metadata(object);
  auto hard = object["spec"]["hard"], used = object["status"]["used"];
  out.hard_requests = read_hard(hard, "requests.", true);
  out.hard_limits = read_hard(hard, "limits.", false);
  out.used_requests = read_hard(used, "requests.", true);
  out.used_limits = read_hard(used, "limits.", false);
  return out;
}

template <class View>
namespace_object read_namespace(View object) {
  return {read_metadata(object)};
}

template <class View>
lease read_lease(View object) {
  lease out;
  out.meta = read_metadata(object);
  auto spec = object["spec"];
  out.holder = spec["holderIdentity"].string();
  out.duration = std::chrono::seconds{spec["leaseDurationSeconds"].count(15)};
  out.acquired = spec["acquireTime"].time();
  out.renewed = spec["renewTime"].time();
  out.transitions = spec["leaseTransitions"].count();
  return out;
}

template <class View>
event read_event(View object) {
  event out;
  out.meta = read_metadata(object);
  auto about = object["involvedObject"];
  out.kind = about["kind"].string();
  out.object_ns = about["namespace"].string();
  out.object_name = about["name"].string();
  out.reason = object["reason"].string();
  out.message = object["message"].string();
  out.component = object["source"]["component"].string();
  if (out.component.empty())
    out.component = object["reportingComponent"].string();
  out.warning = object["type"].text() == "Warning";
  out.count = object["count"].count(1);
  out.last_seen = object["lastTimestamp"].time();
  if (out.last_seen == instant{})
    out.last_seen = object["eventTime"].time();
  return out;
}

template <class View>
object read_built_in(object_kind kind, const std::string& subkind, View object) {
  switch (kind) {
    case object_kind::pod:
      return read_pod(object);
    case object_kind::workload:
      return read_workload(object, subkind);
    case object_kind::node:
      return read_node(object);
    case object_kind::pod_disruption_budget:
      return read_budget(object);
    case object_kind::horizontal_pod_autoscaler:
      return read_autoscaler(object);
    case object_kind::limit_range:
      return read_limit_range(object);
    case object_kind::resource_quota:
      return read_quota(object);
    case object_kind::namespace_object:
      return read_namespace(object);
    case object_kind::lease:
      return read_lease(object);
    default:
      return read_event(object);
  }
}

template object read_built_in(object_kind, const std::string&, json_view);
template object read_built_in(object_kind, const std::string&, wire_view);

}  // namespace scaleops::kube
