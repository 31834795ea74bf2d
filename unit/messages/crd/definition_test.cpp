// The definitions that the API server gets say the same as what we read and write.
#include <set>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"
#include "messages/crd/definition.hpp"
#include "unit/support/drawer.hpp"

using namespace scaleops;
using nlohmann::json;

namespace {

json schema_of(object_kind kind) {
  return crd::definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
}

/// "spec.cpu.window", "status.containers[].name", ...
void collect(const json& schema, const std::string& path, std::set<std::string>& into) {
  if (schema.contains("items"))
    return collect(schema["items"], path + "[]", into);
  if (!schema.contains("properties")) {
    into.insert(path);
    return;
  }
  for (auto& [name, field] : schema["properties"].items())
    collect(field, path.empty() ? name : path + "." + name, into);
}

/// The same paths of a document; what the schema leaves open (maps) ends there.
void collect_used(const json& value, const std::string& path, const std::set<std::string>& known,
                  std::set<std::string>& into) {
  if (known.contains(path)) {
    into.insert(path);
  } else if (value.is_array()) {
    for (auto& entry : value)
      collect_used(entry, path + "[]", known, into);
  } else if (value.is_object()) {
    for (auto& [name, field] : value.items())
      collect_used(field, path.empty() ? name : path + "." + name, known, into);
  } else {
    into.insert(path);
  }
}

void check_described(const json& schema, const std::string& path) {
  if (schema.contains("items"))
    return check_described(schema["items"], path + "[]");
  if (!schema.contains("properties"))
    return;
  for (auto& [name, field] : schema["properties"].items()) {
    INFO(path << "." << name);
    CHECK_FALSE(field.value("description", "").empty());
    check_described(field, path + "." + name);
  }
}

}  // namespace

TEST_CASE("every field is explained") {
  for (auto kind : crd::kinds()) {
    INFO(to_string(kind));
    auto fields = schema_of(kind)["properties"];
    for (auto part : {"spec", "status"})
      if (fields.contains(part))
        check_described({{"properties", {{part, fields[part]}}}}, "");
  }
}

TEST_CASE("a definition has exactly the fields that are written") {
  auto kind = GENERATE(object_kind::policy, object_kind::policy_rule, object_kind::recommendation,
                       object_kind::automated_namespace, object_kind::custom_owner_grouping,
                       object_kind::checkpoint, object_kind::health_report);
  INFO(to_string(kind));
  std::set<std::string> known, used;
  collect(schema_of(kind), "", known);
  for (uint64_t seed = 1; seed <= 200; ++seed)
    collect_used(crd::render(drawer{seed}.draw(kind)), "", known, used);
  CHECK(used == known);
}

TEST_CASE("a definition's defaults are the reader's") {
  auto before = drawer{1}.draw(object_kind::policy);
  std::get<policy>(before).spec = {};
  auto spec = crd::render(before)["spec"];
  auto schema = schema_of(object_kind::policy)["properties"]["spec"]["properties"];
  for (auto& [name, field] : schema.items()) {
    INFO(name);
    if (field.contains("properties"))
      for (auto& [inner, leaf] : field["properties"].items())
        CHECK(leaf.value("default", json()) == spec[name].value(inner, json()));
    else
      CHECK(field.value("default", json()) == spec.value(name, json()));
  }
  CHECK(schema["cpu"]["default"] == json::object());
}

TEST_CASE("what a container's own settings lack is its policy's, not the default") {
  auto container = schema_of(
    object_kind::policy)["properties"]["spec"]["properties"]["containers"]["items"]["properties"];
  CHECK_FALSE(container["cpu"].contains("default"));
  for (auto& [name, field] : container["cpu"]["properties"].items()) {
    INFO(name);
    CHECK_FALSE(field.contains("default"));
  }
}

TEST_CASE("what cannot be left out is required, what is stated by status is not defaulted") {
  auto recommendation = schema_of(object_kind::recommendation);
  CHECK(recommendation["required"] == json::array({"spec"}));
  auto& spec = recommendation["properties"]["spec"];
  CHECK(spec["required"] == json::array({"target"}));
  CHECK(spec["properties"]["target"]["required"] == json::array({"kind", "name"}));
  CHECK(spec["properties"]["automation"]["required"] == json::array({"grantedBy", "grantedAt"}));
  CHECK_FALSE(recommendation["properties"]["status"]["properties"]["replicas"].contains("default"));
  auto rule = schema_of(object_kind::policy_rule)["properties"]["spec"];
  CHECK(rule["required"] == json::array({"policy"}));
}

TEST_CASE("only a recommendation has a status with a writer of its own") {
  for (auto kind : crd::kinds()) {
    INFO(to_string(kind));
    auto version = crd::definition(kind)["spec"]["versions"][0];
    CHECK(version.contains("subresources") == (kind == object_kind::recommendation));
    CHECK(version["additionalPrinterColumns"].back()["name"] == "Age");
  }
}

TEST_CASE("a list of too many entries is refused as the definition does") {
  json document{{"apiVersion", "analysis.scaleops.sh/v1alpha1"},
                {"kind", "PolicyRule"},
                {"metadata", {{"name", "r"}, {"namespace", "scaleops-system"}}},
                {"spec", {{"policy", "p"}}}};
  document["spec"]["selector"]["names"] = std::vector<std::string>(256, "a");
  CHECK(crd::parse(document).value);
  document["spec"]["selector"]["names"].push_back("a");
  CHECK(crd::parse(document).problems ==
        std::vector<std::string>{"spec.selector.names: 257 entries, more than 256"});
}
