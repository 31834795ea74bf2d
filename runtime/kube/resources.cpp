#include "runtime/kube/resources.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "messages/crd/crd.hpp"
#include "messages/labels.hpp"
#include "runtime/kube/codec/wire_schema.hpp"

namespace scaleops::kube {

namespace {

std::vector<resource_type> built_in(object_kind kind) {
  switch (kind) {
    case object_kind::pod:
      return {{"/api/v1", "pods", "Pod"}};
    case object_kind::workload:
      return {{"/apis/apps/v1", "deployments", "Deployment"},
              {"/apis/apps/v1", "statefulsets", "StatefulSet"},
              {"/apis/apps/v1", "daemonsets", "DaemonSet"},
              {"/apis/apps/v1", "replicasets", "ReplicaSet"},
              {"/apis/batch/v1", "cronjobs", "CronJob"},
              {"/apis/batch/v1", "jobs", "Job"}};
    case object_kind::node:
      return {{"/api/v1", "nodes", "Node", false}};
    case object_kind::pod_disruption_budget:
      return {{"/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget"}};
    case object_kind::horizontal_pod_autoscaler:
      return {{"/apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"}};
    case object_kind::limit_range:
      return {{"/api/v1", "limitranges", "LimitRange"}};
    case object_kind::resource_quota:
      return {{"/api/v1", "resourcequotas", "ResourceQuota"}};
    case object_kind::namespace_object:
      return {{"/api/v1", "namespaces", "Namespace", false}};
    case object_kind::lease:
      return {{"/apis/coordination.k8s.io/v1", "leases", "Lease"}};
    case object_kind::event:
      return {{"/api/v1", "events", "Event"}};
    default:
      return {{fmt::format("/apis/{}/{}", labels::api_group, labels::api_version),
               std::string(crd::plural_of(kind)), std::string(to_string(kind)),
               !crd::is_cluster_scoped(kind)}};
  }
}

}  // namespace

std::string resource_type::collection(std::string_view ns) const {
  return !namespaced || ns.empty() ? fmt::format("{}/{}", base, plural)
                                   : fmt::format("{}/namespaces/{}/{}", base, ns, plural);
}

std::string resource_type::object(std::string_view ns, std::string_view name) const {
  return fmt::format("{}/{}", collection(ns), name);
}

std::string resource_type::api_version() const {
  return base.substr(base.starts_with("/apis/") ? 6 : 5);
}

std::string resource_type::group() const {
  if (!base.starts_with("/apis/"))
    return {};
  return base.substr(6, base.find('/', 6) - 6);
}

bool resource_type::speaks_protobuf() const {
  return wire::message_of(kind) != nullptr;
}

resource_catalog::resource_catalog() {
  for (size_t kind = 0; kind < object_kind_count; ++kind)
    types_.push_back(built_in(object_kind(kind)));
}

const std::vector<resource_type>& resource_catalog::types_of(object_kind kind) const {
  return types_[size_t(kind)];
}

const resource_type* resource_catalog::type_of(object_kind kind, std::string_view subkind) const {
  auto& types = types_of(kind);
  if (kind != object_kind::workload)
    return &types.front();
  auto found =
    std::find_if(types.begin(), types.end(), [&](auto& type) { return type.kind == subkind; });
  return found == types.end() ? nullptr : &*found;
}

void resource_catalog::add_workload(resource_type type) {
  if (!type_of(object_kind::workload, type.kind))
    types_[size_t(object_kind::workload)].push_back(std::move(type));
}

bool is_path_segment(std::string_view name) {
  if (name.empty() || name.size() > 253 || name == "." || name == "..")
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == ':';
  });
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '-' || c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, char(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

}  // namespace scaleops::kube
