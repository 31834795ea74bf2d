// The two objects that the webhook keeps right, as the API server would hold them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"
#include "runtime/kube/raw_document.hpp"

namespace scaleops::test {

inline const std::string secret_path =
  "/api/v1/namespaces/scaleops-system/secrets/admissions-certificate";
inline const std::string hook_path =
  "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/scaleops-admissions";

/// Two objects with optimistic concurrency; calls wait until they are let through.
struct document_store {
  std::map<std::string, nlohmann::json> objects{
    {secret_path, {{"kind", "Secret"}, {"metadata", {{"resourceVersion", "1"}}}}},
    {hook_path,
     {{"kind", "MutatingWebhookConfiguration"}, {"metadata", {{"resourceVersion", "1"}}}}}};
  std::map<std::string, kube::document_answer> refusals;  // by "GET path" or "PATCH path"
  std::deque<std::function<void()>> waiting;
  int version = 1;

  kube::document_port port() {
    return [this](kube::document_call call, kube::document_done done) {
      waiting.emplace_back([this, call, done] { done(answer(call)); });
    };
  }
  bool let_one_through() {
    if (waiting.empty())
      return false;
    auto next = std::move(waiting.front());
    waiting.pop_front();
    next();
    return true;
  }

  kube::document_answer answer(const kube::document_call& call) {
    auto refused = refusals.find((call.merge_patch.empty() ? "GET " : "PATCH ") + call.path);
    if (refused != refusals.end())
      return refused->second;
    auto& object = objects.at(call.path);
    if (!call.merge_patch.empty()) {
      auto patch = nlohmann::json::parse(call.merge_patch);
      auto& meta = patch["metadata"];
      if (meta.contains("resourceVersion") &&
          meta["resourceVersion"] != object["metadata"]["resourceVersion"])
        return {ec::conflict, "the object has been modified", {}};
      object.merge_patch(patch);
      object["metadata"]["resourceVersion"] = std::to_string(++version);
    }
    return {ec::none, {}, object.dump()};
  }

  std::string stored(const char* key) {
    return decode_base64(objects[secret_path]["data"][key].get<std::string>()).value();
  }
  nlohmann::json& entry() { return objects[hook_path]["webhooks"][0]; }
  std::string bundle() {
    return decode_base64(entry()["clientConfig"]["caBundle"].get<std::string>()).value();
  }
};

}  // namespace scaleops::test
