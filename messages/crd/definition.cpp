#include "messages/crd/definition.hpp"

#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "messages/crd/body.hpp"
#include "messages/crd/crd.hpp"
#include "messages/crd/describer.hpp"
#include "messages/crd/descriptions.hpp"
#include "messages/labels.hpp"

namespace scaleops::crd {

namespace {

/// A column of `kubectl get`.
struct column {
  const char* name;
  const char* type;
  const char* path;
};

/// What a kind's definition says besides its fields.
struct face {
  const char* description;
  const char* singular;
  std::vector<std::string> short_names;
  std::vector<column> columns;
};

face face_of(object_kind kind) {
  switch (kind) {
    case object_kind::policy:
      return {"How workloads are sized, and how a change reaches running pods.",
              "policy",
              {"spol"},
              {{"CPU", "number", ".spec.cpu.percentile"},
               {"Memory", "number", ".spec.memory.percentile"},
               {"Increase", "string", ".spec.increaseMode"},
               {"Decrease", "string", ".spec.decreaseMode"}}};
    case object_kind::policy_rule:
      return {"Which workloads a policy is for: the lowest priority is asked first.",
              "policyrule",
              {"sprule"},
              {{"Priority", "integer", ".spec.priority"}, {"Policy", "string", ".spec.policy"}}};
    case object_kind::recommendation:
      return {
        "What a workload's containers should request and why; spec.automation is the grant "
        "to act on it.",
        "recommendation",
        {"rec", "recs"},
        {{"Kind", "string", ".spec.target.kind"},
         {"Target", "string", ".spec.target.name"},
         {"Policy", "string", ".status.policy"},
         {"CPU", "string", ".status.containers[0].target.requests.cpu"},
         {"Memory", "string", ".status.containers[0].target.requests.memory"},
         {"Granted By", "string", ".spec.automation.grantedBy"},
         {"Last Action", "string", ".status.lastAction.action"},
         {"Decided", "date", ".status.decidedAt"}}};
    case object_kind::automated_namespace:
      return {"The grant to act on every workload of the namespace that it is named after.",
              "automatednamespace",
              {"autons"},
              {{"Granted By", "string", ".spec.automation.grantedBy"},
               {"Granted", "date", ".spec.automation.grantedAt"},
               {"Policy", "string", ".spec.policy"}}};
    case object_kind::custom_owner_grouping:
      return {"Which label or owner makes a group of pods one workload.",
              "customownergrouping",
              {"cog"},
              {{"Label", "string", ".spec.label"},
               {"Owner Kind", "string", ".spec.ownerKind"},
               {"Makes", "string", ".spec.kind"}}};
    case object_kind::checkpoint:
      return {"What the recommender has learned of many workloads, for its next start.",
              "checkpoint",
              {"sckpt"},
              {{"Written", "date", ".spec.written"}}};
    case object_kind::health_report:
      return {"The last result of every check; the gate decides whether pods may be disrupted.",
              "healthreport",
              {"shealth"},
              {{"Gate Open", "boolean", ".status.gateOpen"}, {"At", "date", ".status.at"}}};
    default:
      std::abort();  // no kind of ours
  }
}

/// Gives every field below `path` its words.
void describe(json& schema, object_kind kind, const std::string& path) {
  if (schema.contains("items"))
    return describe(schema["items"], kind, path + "[]");
  if (!schema.contains("properties"))
    return;
  for (auto& [name, field] : schema["properties"].items()) {
    auto at = path.empty() ? name : path + "." + name;
    if (auto text = description_of(kind, at); !text.empty())
      field["description"] = text;
    describe(field, kind, at);
  }
}

/// The root may not restrict metadata; apiVersion and kind are the API server's own business.
json schema_of(object_kind kind, const char* description) {
  json schema;
  describer top{schema};
  switch (kind) {
    case object_kind::policy:
      body(top, policy{});
      break;
    case object_kind::policy_rule:
      body(top, policy_rule{});
      break;
    case object_kind::recommendation:
      body(top, recommendation{});
      break;
    case object_kind::automated_namespace:
      body(top, automated_namespace{});
      break;
    case object_kind::custom_owner_grouping:
      body(top, custom_owner_grouping{});
      break;
    case object_kind::checkpoint:
      body(top, checkpoint{});
      break;
    default:
      body(top, health_report{});
  }
  describe(schema, kind, "");
  schema["description"] = description;
  auto& fields = schema["properties"];
  fields["apiVersion"] = {{"type", "string"}};
  fields["kind"] = {{"type", "string"}};
  fields["metadata"] = {{"type", "object"}};
  return schema;
}

}  // namespace

std::span<const object_kind> kinds() {
  return own_kinds;
}

json definition(object_kind kind) {
  auto face = face_of(kind);
  auto plural = std::string(plural_of(kind));
  json version{{"name", labels::api_version},
               {"served", true},
               {"storage", true},
               {"schema", {{"openAPIV3Schema", schema_of(kind, face.description)}}}};
  // A subresource of its own only where wish and status have different writers.
  if (kind == object_kind::recommendation)
    version["subresources"] = {{"status", json::object()}};
  auto& columns = version["additionalPrinterColumns"];
  for (auto& [name, type, path] : face.columns)
    columns.push_back({{"name", name}, {"type", type}, {"jsonPath", path}});
  columns.push_back(
    {{"name", "Age"}, {"type", "date"}, {"jsonPath", ".metadata.creationTimestamp"}});
  json names{{"kind", to_string(kind)},
             {"listKind", fmt::format("{}List", to_string(kind))},
             {"plural", plural},
             {"singular", face.singular},
             {"shortNames", face.short_names},
             {"categories", {"scaleops"}}};
  json spec{{"group", labels::api_group},
            {"scope", is_cluster_scoped(kind) ? "Cluster" : "Namespaced"},
            {"names", std::move(names)},
            {"versions", json::array({std::move(version)})}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", {{"name", fmt::format("{}.{}", plural, labels::api_group)}}},
          {"spec", std::move(spec)}};
}

}  // namespace scaleops::crd
