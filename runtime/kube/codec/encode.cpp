#include "runtime/kube/codec/encode.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"
#include "runtime/kube/codec/documents.hpp"

namespace scaleops::kube {

namespace {

using nlohmann::json;

/// The server stores 2.0 as 2, and takes the one for a change of the other.
void make_whole(json& node) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (node.is_number_float()) {
    auto value = node.get<double>();
    if (std::abs(value) <= exact && value == std::floor(value))
      node = int64_t(value);
  } else if (node.is_structured()) {
    for (auto& each : node)
      make_whole(each);
  }
}

/// Words that are not UTF-8 must not throw.
std::string text_of_json(json document) {
  make_whole(document);
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json edits(const std::map<std::string, std::optional<std::string>>& changes) {
  auto out = json::object();
  for (auto& [key, value] : changes)
    out[key] = value ? json(*value) : json(nullptr);
  return out;
}

/// What stands where in a kind's document once rendered for creation.
json document_to_compare(const object& value) {
  if (!crd::plural_of(kind_of(value)).empty())
    return crd::render(value);
  return documents::body_of(value);
}

bool replaceable(object_kind kind) {
  return kind == object_kind::lease || kind == object_kind::event || kind >= object_kind::policy;
}

}  // namespace

std::optional<std::string> encode_create(const object& value, const resource_type& type) {
  json document;
  if (!crd::plural_of(kind_of(value)).empty()) {
    document = crd::render(value);
  } else {
    document = documents::body_of(value);
    if (document.is_null())
      return std::nullopt;
  }
  document["apiVersion"] = type.api_version();
  document["kind"] = type.kind;
  document["metadata"] = documents::metadata_of(meta_of(value));
  if (std::holds_alternative<pod>(value) && meta_of(value).name.empty())
    document["metadata"]["generateName"] = "pod-";
  return text_of_json(document);
}

std::optional<std::string> encode_update(const object& value, bool status) {
  if (!replaceable(kind_of(value)))
    return std::nullopt;
  auto& meta = meta_of(value);
  auto out = json::array();
  auto set = [&](const std::string& path, json to) {
    out.push_back({{"op", "add"}, {"path", path}, {"value", std::move(to)}});
  };
  // The server compares these with what is stored: a conflict, not an overwrite.
  if (meta.resource_version != 0)
    set("/metadata/resourceVersion", std::to_string(meta.resource_version));
  if (!meta.uid.empty())
    set("/metadata/uid", meta.uid);
  auto document = document_to_compare(value);
  if (status) {
    set("/status", document.contains("status") ? document["status"] : json::object());
    return text_of_json(out);
  }
  auto wish = documents::metadata_of(meta);
  for (auto part : {"labels", "annotations"})
    set(std::string("/metadata/") + part, wish.contains(part) ? wish[part] : json::object());
  if (wish.contains("ownerReferences"))
    set("/metadata/ownerReferences", wish["ownerReferences"]);
  // Who and what an event is about stays.
  for (auto fixed : {"involvedObject", "source", "reportingComponent", "firstTimestamp"})
    document.erase(fixed);
  for (auto& [name, part] : document.items())
    if (name != "apiVersion" && name != "kind" && name != "metadata" && name != "status")
      set("/" + name, part);
  return text_of_json(out);
}

std::string encode_metadata_patch(const patch_metadata& change) {
  auto document = json::object();
  auto& meta = document["metadata"] = json::object();
  if (change.resource_version != 0)
    meta["resourceVersion"] = std::to_string(change.resource_version);
  if (!change.uid.empty())
    meta["uid"] = change.uid;
  if (!change.labels.empty())
    meta["labels"] = edits(change.labels);
  if (!change.annotations.empty())
    meta["annotations"] = edits(change.annotations);
  if (!change.template_annotations.empty())
    document["spec"]["template"]["metadata"]["annotations"] = edits(change.template_annotations);
  return text_of_json(document);
}

std::string encode_resize(const resize_pod& wish) {
  auto containers = json::array();
  auto whole = [](const resources& values) {
    // A null takes a value away; of what was never there it says nothing.
    return json{{"cpu", values.cpu ? json(format_cpu(*values.cpu)) : json(nullptr)},
                {"memory", values.memory ? json(format_memory(*values.memory)) : json(nullptr)}};
  };
  for (auto& each : wish.containers)
    containers.push_back(
      {{"name", each.container},
       {"resources",
        {{"requests", whole(each.resources.requests)}, {"limits", whole(each.resources.limits)}}}});
  json document{{"spec", {{"containers", std::move(containers)}}}};
  if (!wish.uid.empty())
    document["metadata"]["uid"] = wish.uid;
  return text_of_json(document);
}

std::string encode_eviction(const evict_pod& wish) {
  json document{{"apiVersion", "policy/v1"},
                {"kind", "Eviction"},
                {"metadata", {{"name", wish.pod.name}, {"namespace", wish.pod.ns}}}};
  auto options = json::object();
  if (!wish.uid.empty())
    options["preconditions"] = {{"uid", wish.uid}};
  if (wish.dry_run)
    options["dryRun"] = {"All"};
  if (!options.empty())
    document["deleteOptions"] = std::move(options);
  return text_of_json(document);
}

std::string encode_delete(const delete_object& wish) {
  json document{
    {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
  if (!wish.uid.empty())
    document["preconditions"] = {{"uid", wish.uid}};
  return text_of_json(document);
}

std::string encode_token_review(const token_query& query) {
  json spec{{"token", query.token}};
  if (!query.audiences.empty())
    spec["audiences"] = query.audiences;
  return text_of_json({{"apiVersion", "authentication.k8s.io/v1"},
                       {"kind", "TokenReview"},
                       {"spec", std::move(spec)}});
}

std::string encode_access_review(const access_query& query) {
  json attributes{{"verb", query.verb}, {"group", query.group}, {"resource", query.resource}};
  if (!query.ns.empty())
    attributes["namespace"] = query.ns;
  json spec{{"user", query.user.name}, {"resourceAttributes", std::move(attributes)}};
  if (!query.user.groups.empty())
    spec["groups"] = query.user.groups;
  return text_of_json({{"apiVersion", "authorization.k8s.io/v1"},
                       {"kind", "SubjectAccessReview"},
                       {"spec", std::move(spec)}});
}

bool decode_token_review(const std::string& text, bool& accepted, user_info& who) {
  auto document = json::parse(text, nullptr, false);
  try {
    auto& status = document.at("status");
    accepted = status.value("authenticated", false);
    if (!accepted)
      return true;
    auto& user = status.at("user");
    who.name = user.value("username", std::string{});
    who.groups = user.value("groups", std::vector<std::string>{});
    return !who.name.empty();
  } catch (const json::exception&) {
    return false;
  }
}

bool decode_access_review(const std::string& text, access_answer& answer) {
  auto document = json::parse(text, nullptr, false);
  try {
    auto& status = document.at("status");
    answer.allowed = status.value("allowed", false) && !status.value("denied", false);
    answer.reason = status.value("reason", std::string{});
    return true;
  } catch (const json::exception&) {
    return false;
  }
}

}  // namespace scaleops::kube
