#include "messages/crd/crd.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "messages/crd/body.hpp"
#include "messages/crd/reader.hpp"
#include "messages/crd/writer.hpp"
#include "messages/labels.hpp"
#include "messages/nearest.hpp"

namespace scaleops::crd {

namespace {

std::string api_version() {
  return fmt::format("{}/{}", labels::api_group, labels::api_version);
}

/// What follows from other fields once all are read.
template <class T>
void complete(T&) {}
void complete(recommendation& r) {
  r.target.ns = r.meta.ns;
  r.status.workload = r.target;
}

template <class T>
object read_as(reader& top) {
  T value;
  top.require("metadata");
  top.object("metadata", [&](auto& a) { metadata_fields(a, value.meta); });
  body(top, value);
  complete(value);
  return value;
}

object read_body(reader& top, object_kind kind) {
  switch (kind) {
    case object_kind::policy:
      return read_as<policy>(top);
    case object_kind::policy_rule:
      return read_as<policy_rule>(top);
    case object_kind::recommendation:
      return read_as<recommendation>(top);
    case object_kind::automated_namespace:
      return read_as<automated_namespace>(top);
    case object_kind::custom_owner_grouping:
      return read_as<custom_owner_grouping>(top);
    case object_kind::checkpoint:
      return read_as<checkpoint>(top);
    case object_kind::health_report:
      return read_as<health_report>(top);
    default:
      std::abort();  // own_kinds holds no other
  }
}

std::optional<object_kind> kind_named(const std::string& name) {
  for (auto kind : own_kinds)
    if (to_string(kind) == name)
      return kind;
  return std::nullopt;
}

}  // namespace

parsed parse(const nlohmann::json& document) {
  parsed out;
  if (!document.is_object()) {
    out.problems.push_back(fmt::format("the document: {} is not a mapping", show(document)));
    return out;
  }
  reader top{document, "", out.problems};
  std::string version, name;
  top.text("apiVersion", version, text_form::required);
  top.text("kind", name, text_form::required);
  if (out.problems.empty() && version != api_version())
    top.refuse("apiVersion", fmt::format("{} is not {}", show(version), api_version()));
  auto kind = kind_named(name);
  if (out.problems.empty() && !kind) {
    std::vector<std::string> known;
    for (auto own : own_kinds)
      known.emplace_back(to_string(own));
    top.refuse("kind", fmt::format("{} is none of ours; the nearest is {}", show(name),
                                   nearest(name, known)));
  }
  if (!out.problems.empty())
    return out;
  auto value = read_body(top, *kind);
  top.finish();
  if (out.problems.empty())
    out.value = std::move(value);
  return out;
}

nlohmann::json render(const object& value) {
  json document;
  writer top{document};
  document["apiVersion"] = api_version();
  document["kind"] = std::string(to_string(kind_of(value)));
  top.object("metadata", [&](auto& a) { metadata_fields(a, meta_of(value)); });
  std::visit(
    [&]<class T>(const T& own) {
      if constexpr (requires { body(top, own); })
        body(top, own);
      else
        std::abort();
    },
    value);
  return document;
}

std::string_view plural_of(object_kind kind) {
  switch (kind) {
    case object_kind::policy:
      return "policies";
    case object_kind::policy_rule:
      return "policyrules";
    case object_kind::recommendation:
      return "recommendations";
    case object_kind::automated_namespace:
      return "automatednamespaces";
    case object_kind::custom_owner_grouping:
      return "customownergroupings";
    case object_kind::checkpoint:
      return "checkpoints";
    case object_kind::health_report:
      return "healthreports";
    default:
      return "";
  }
}

bool is_cluster_scoped(object_kind kind) {
  switch (kind) {
    case object_kind::node:
    case object_kind::namespace_object:
    case object_kind::automated_namespace:
    case object_kind::custom_owner_grouping:
      return true;
    default:
      return false;
  }
}

}  // namespace scaleops::crd
