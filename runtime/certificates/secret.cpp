#include "runtime/certificates/secret.hpp"

#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"

namespace scaleops::certificates {

using nlohmann::json;

stored_certificates read_secret(std::string_view document) {
  stored_certificates out;
  auto root = json::parse(document, nullptr, false);
  if (!root.is_object() || root.value("kind", json{}) != "Secret") {
    out.problem = "the answer is no Secret";
    return out;
  }
  auto text = [](const json& node, const char* name) {
    auto found = node.find(name);
    return found != node.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  auto meta = root.find("metadata"), data = root.find("data");
  if (meta != root.end() && meta->is_object())
    out.resource_version = text(*meta, "resourceVersion");
  if (data == root.end() || !data->is_object())
    return out;
  auto value = [&](const char* name) {
    return decode_base64(text(*data, name)).value_or(std::string{});
  };
  out.set = {value("ca.crt"), value("ca.key"), {value("tls.crt"), value("tls.key")}};
  return out;
}

std::string secret_patch(const tls::certificate_set& set, const std::string& resource_version) {
  json out;
  out["metadata"]["resourceVersion"] = resource_version;
  out["data"] = {{"ca.crt", encode_base64(set.bundle)},
                 {"ca.key", encode_base64(set.authority_key)},
                 {"tls.crt", encode_base64(set.serving.certificate)},
                 {"tls.key", encode_base64(set.serving.key)}};
  return out.dump();
}

}  // namespace scaleops::certificates
