#include "runtime/admission/registration.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"

namespace scaleops::webhook {

namespace {

using nlohmann::json;

constexpr const char* namespace_name = "kubernetes.io/metadata.name";

std::set<std::string> must_exclude(const registration_wish& wish) {
  std::set<std::string> out{"kube-system", "kube-public", "kube-node-lease", wish.ns};
  out.insert(wish.excluded_namespaces.begin(), wish.excluded_namespaces.end());
  return out;
}

/// Names that the selector excludes, of whatever else it may say.
std::set<std::string> excluded_by(const json& selector) {
  std::set<std::string> out;
  if (!selector.is_object() || !selector.contains("matchExpressions") ||
      !selector["matchExpressions"].is_array())
    return out;
  for (auto& rule : selector["matchExpressions"])
    if (rule.is_object() && rule.value("key", json{}) == namespace_name &&
        rule.value("operator", json{}) == "NotIn" && rule.contains("values") &&
        rule["values"].is_array())
      for (auto& name : rule["values"])
        if (name.is_string())
          out.insert(name.get<std::string>());
  return out;
}

json selector_without(const std::set<std::string>& names) {
  return {{"matchExpressions",
           json::array({{{"key", namespace_name}, {"operator", "NotIn"}, {"values", names}}})}};
}

bool is_empty(const json& value) {
  return value.is_null() || value.empty();
}

class healer {
public:
  healer(json& entry, const registration_wish& wish) : entry_{entry}, wish_{wish} {}

  std::vector<std::string> run() {
    client();
    set("rules", json::array({{{"apiGroups", json::array({""})},
                               {"apiVersions", json::array({"v1"})},
                               {"resources", json::array({"pods"})},
                               {"operations", json::array({"CREATE"})},
                               {"scope", "Namespaced"}}}));
    set("failurePolicy", "Ignore");
    set("timeoutSeconds", 2);
    set("sideEffects", "None");
    set("matchPolicy", "Equivalent");
    set("reinvocationPolicy", "IfNeeded");
    set("admissionReviewVersions", json::array({"v1"}));
    selector();
    none("objectSelector");
    none("matchConditions");
    return std::move(fields_);
  }

private:
  void note(const char* field) { fields_.emplace_back(field); }

  void set(const char* field, json to) {
    if (entry_.value(field, json{}) == to)
      return;
    entry_[field] = std::move(to);
    note(field);
  }

  void none(const char* field) {
    if (is_empty(entry_.value(field, json{})))
      return;
    entry_.erase(field);
    note(field);
  }

  /// Where the API server goes, and whom it trusts there.
  void client() {
    auto now = entry_.value("clientConfig", json::object());
    auto bundle = now.is_object() ? now.value("caBundle", json{}) : json{};
    json target = wish_.url.empty() ? json{{"service",
                                            {{"name", wish_.service},
                                             {"namespace", wish_.ns},
                                             {"path", wish_.path},
                                             {"port", wish_.port}}}}
                                    : json{{"url", wish_.url}};
    if (now.is_object())
      now.erase("caBundle");
    if (now != target)
      note("clientConfig");
    if (!wish_.authorities.empty()) {
      auto right = json(encode_base64(wish_.authorities));
      if (bundle != right)
        note("caBundle");
      bundle = std::move(right);
    }
    if (!bundle.is_null())
      target["caBundle"] = std::move(bundle);
    entry_["clientConfig"] = std::move(target);
  }

  void selector() {
    auto now = entry_.value("namespaceSelector", json::object());
    auto names = must_exclude(wish_), stands = excluded_by(now);
    names.insert(stands.begin(), stands.end());
    // As it should be, but for the order of the names.
    if (stands == names && now.size() == 1 && now["matchExpressions"].size() == 1)
      return;
    entry_["namespaceSelector"] = selector_without(names);
    note("namespaceSelector");
  }

  json& entry_;
  const registration_wish& wish_;
  std::vector<std::string> fields_;
};

}  // namespace

registration_healing heal(std::string_view document, const registration_wish& wish) {
  registration_healing out;
  auto root = json::parse(document, nullptr, false);
  if (!root.is_object() || root.value("kind", json{}) != "MutatingWebhookConfiguration") {
    out.problem = "the answer is no MutatingWebhookConfiguration";
    return out;
  }
  auto webhooks = root.value("webhooks", json::array());
  if (!webhooks.is_array())
    webhooks = json::array();
  auto found = std::find_if(webhooks.begin(), webhooks.end(), [&](const json& each) {
    return each.is_object() && each.value("name", json{}) == wish.webhook;
  });
  if (found == webhooks.end()) {
    webhooks.push_back({{"name", wish.webhook}});
    found = std::prev(webhooks.end());
    out.fields.emplace_back("webhook");
  }
  auto differing = healer{*found, wish}.run();
  if (out.fields.empty())
    out.fields = std::move(differing);
  if (out.fields.empty())
    return out;
  json patch{{"webhooks", std::move(webhooks)}};
  if (auto meta = root.value("metadata", json::object()); meta.is_object())
    if (auto version = meta.value("resourceVersion", json{}); version.is_string())
      patch["metadata"]["resourceVersion"] = std::move(version);
  out.merge_patch = patch.dump(-1, ' ', false, json::error_handler_t::replace);
  return out;
}

}  // namespace scaleops::webhook
