#include "runtime/kube/writes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/kube/codec/encode.hpp"

namespace scaleops::kube {

namespace {

constexpr const char* manager = "?fieldManager=scaleops";
constexpr const char* json_patch = "application/json-patch+json";
constexpr const char* merge_patch = "application/merge-patch+json";
constexpr const char* strategic_patch = "application/strategic-merge-patch+json";

/// Healing and leadership first, what is only written down last.
lane lane_of(object_kind kind) {
  switch (kind) {
    case object_kind::lease:
      return lane::urgent;
    case object_kind::event:
    case object_kind::recommendation:
    case object_kind::checkpoint:
      return lane::bookkeeping;
    default:
      return lane::normal;
  }
}

prepared_call refused(std::string why) {
  prepared_call out;
  out.failure = {ec::invalid, std::move(why)};
  return out;
}

/// Finds the type and checks what goes into the path.
prepared_call about(const client_core& core, const object_key& key, const char* method,
                    const char* verb, const std::string& subresource = {}) {
  auto* type = core.catalog.type_of(key.kind, key.subkind);
  if (!type)
    return refused(fmt::format("{} {}: \"{}\" is no kind of workload that is known", verb, key.name,
                               key.subkind));
  if (!is_path_segment(key.name) || (!key.ns.empty() && !is_path_segment(key.ns)))
    return refused(
      fmt::format("{} {}: \"{}/{}\" is no name", verb, type->plural, key.ns, key.name));
  prepared_call out;
  auto resource = subresource.empty() ? type->plural : type->plural + "/" + subresource;
  auto target = type->object(key.ns, key.name) + (subresource.empty() ? "" : "/" + subresource);
  out.call = core.call(method, std::move(target), verb, resource);
  out.call.priority = lane_of(key.kind);
  out.what =
    fmt::format("{} {} {}{}{}", verb, resource, key.ns, key.ns.empty() ? "" : "/", key.name);
  out.kind = key.kind;
  out.type = type;
  return out;
}

}  // namespace

prepared_call prepare(const client_core& core, const get_query& query) {
  auto out = about(core, query.key, "GET", "get");
  if (query.key.kind != object_kind::lease)
    out.call.priority = lane::normal;
  return out;
}

prepared_call prepare(const client_core& core, const create_object& wish) {
  if (!wish.object)
    return refused("create: there is no object");
  auto key = key_of(*wish.object);
  bool names_itself = key.kind == object_kind::pod && key.name.empty();
  if (names_itself)
    key.name = "pod";  // the server completes it
  auto out = about(core, key, "POST", "create");
  if (out.failure.code != ec::none)
    return out;
  auto document = encode_create(*wish.object, *out.type);
  if (!document)
    return refused(fmt::format("create {}: is not created through this port", out.type->plural));
  out.call.target = out.type->collection(key.ns) + manager;
  out.call.body = std::move(*document);
  return out;
}

prepared_call prepare(const client_core& core, const update_object& wish) {
  if (!wish.object)
    return refused("update: there is no object");
  auto out = about(core, key_of(*wish.object), "PATCH", "update", wish.status ? "status" : "");
  if (out.failure.code != ec::none)
    return out;
  auto patch = encode_update(*wish.object, wish.status);
  if (!patch)
    return refused(fmt::format("update {}: is not replaced through this port", out.type->plural));
  out.call.target += manager;
  out.call.body = std::move(*patch);
  out.call.content_type = json_patch;
  return out;
}

prepared_call prepare(const client_core& core, const patch_metadata& wish) {
  auto out = about(core, wish.key, "PATCH", "patch");
  out.call.target += manager;
  out.call.body = encode_metadata_patch(wish);
  out.call.content_type = merge_patch;
  return out;
}

prepared_call prepare(const client_core& core, const delete_object& wish) {
  auto out = about(core, wish.key, "DELETE", "delete");
  out.call.body = encode_delete(wish);
  return out;
}

prepared_call prepare(const client_core& core, const resize_pod& wish) {
  if (std::any_of(wish.containers.begin(), wish.containers.end(),
                  [](auto& each) { return each.container.empty(); }))
    return refused("resize: a container without a name");
  auto out =
    about(core, {object_kind::pod, wish.pod.ns, wish.pod.name, {}}, "PATCH", "patch", "resize");
  out.call.priority = lane::urgent;
  out.call.target += manager;
  out.call.body = encode_resize(wish);
  out.call.content_type = strategic_patch;
  return out;
}

prepared_call prepare(const client_core& core, const evict_pod& wish) {
  auto out =
    about(core, {object_kind::pod, wish.pod.ns, wish.pod.name, {}}, "POST", "create", "eviction");
  out.call.priority = lane::urgent;
  out.call.body = encode_eviction(wish);
  out.call.refusal_is_final = true;
  return out;
}

}  // namespace scaleops::kube
