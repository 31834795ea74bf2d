#include "runtime/kube/codec/encode.hpp"

#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "messages/quantity.hpp"
#include "runtime/kube/codec/decode.hpp"

using namespace scaleops;
using namespace scaleops::kube;
using nlohmann::json;

namespace {

json created(const object& value, const std::string& subkind = {}) {
  resource_catalog catalog;
  auto text = encode_create(value, *catalog.type_of(kind_of(value), subkind));
  REQUIRE(text);
  return json::parse(*text);
}

}  // namespace

TEST_CASE("what is created reads back the same") {
  workload web;
  web.kind = "Deployment";
  web.meta.ns = "shop";
  web.meta.name = "web";
  web.replicas = 3;
  web.selector = web.template_labels = {{"app", "web"}};
  auto& container = web.containers.emplace_back();
  container.name = "main";
  container.image = "web:1";
  container.resources = {{100, 64 * mebi}, {std::nullopt, 128 * mebi}};
  container.resize_memory = resize_policy::restart_container;
  auto document = created(web, "Deployment");
  CHECK(document["apiVersion"] == "apps/v1");
  resource_catalog catalog;
  decoder decode;
  auto back = decode.object(object_kind::workload,
                            *catalog.type_of(object_kind::workload, "Deployment"), document.dump());
  REQUIRE(back.value);
  auto& read = std::get<workload>(*back.value);
  CHECK(read.replicas == 3);
  CHECK(read.selector == web.selector);
  CHECK(read.containers == web.containers);
  CHECK(read.max_surge == 1);

  lease held;
  held.meta.ns = "n";
  held.meta.name = "l";
  held.holder = "me";
  held.renewed = instant{std::chrono::milliseconds{1'700'000'000'250}};
  auto lease_back = decode.object(object_kind::lease, *catalog.type_of(object_kind::lease, {}),
                                  created(held).dump());
  REQUIRE(lease_back.value);
  CHECK(std::get<lease>(*lease_back.value).renewed == held.renewed);
}

TEST_CASE("a pod asks for no more rights than it needs") {
  pod canary;
  canary.meta.ns = "n";
  canary.meta.name = "p";
  canary.containers.resize(1);
  canary.containers[0].name = "c";
  auto spec = created(canary)["spec"];
  CHECK(spec["automountServiceAccountToken"] == false);
  CHECK(spec["securityContext"]["runAsNonRoot"] == true);
  CHECK(spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] == false);
}

TEST_CASE("an update names its version and uid and replaces only its own part") {
  recommendation value;
  value.meta.ns = "shop";
  value.meta.name = "deployment-web";
  value.meta.uid = "u1";
  value.meta.resource_version = 7;
  value.meta.labels = {{"a", "b"}};
  value.target = {"shop", "Deployment", "web"};
  value.coverage = 1.0;
  auto spec = json::parse(*encode_update(value, false));
  std::vector<std::string> paths;
  for (auto& each : spec) {
    CHECK(each["op"] == "add");
    paths.push_back(each["path"]);
  }
  CHECK(paths == std::vector<std::string>{"/metadata/resourceVersion", "/metadata/uid",
                                          "/metadata/labels", "/metadata/annotations", "/spec"});
  CHECK(spec[0]["value"] == "7");
  auto status = json::parse(*encode_update(value, true));
  CHECK(status.back()["path"] == "/status");
  // 1.0 would be another value than the 1 that is stored, and each write a change.
  CHECK(status.back()["value"]["coverage"].is_number_integer());
  CHECK(!encode_update(pod{}, false));
  CHECK(!encode_update(node{}, true));
}

TEST_CASE("patches carry exactly what changes") {
  patch_metadata change{{object_kind::pod, "n", "p", {}},
                        0,
                        {{"set", "1"}, {"drop", std::nullopt}},
                        {},
                        {{"restarted", "now"}}};
  CHECK(
    json::parse(encode_metadata_patch(change)) ==
    json::parse(
      R"({"metadata":{"labels":{"set":"1","drop":null}},"spec":{"template":{"metadata":{"annotations":{"restarted":"now"}}}}})"));
  resize_pod wish{{"n", "p"}, "u1", {{"main", {{100, 64 * mebi}, {std::nullopt, 128 * mebi}}}}};
  CHECK(
    json::parse(encode_resize(wish)) ==
    json::parse(
      R"({"metadata":{"uid":"u1"},"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"cpu":null,"memory":"128Mi"}}}]}})"));
  auto eviction = json::parse(encode_eviction({{"n", "p"}, "u1", true}));
  CHECK(eviction["deleteOptions"] ==
        json::parse(R"({"preconditions":{"uid":"u1"},"dryRun":["All"]})"));
  CHECK(!json::parse(encode_eviction({{"n", "p"}, {}, false})).contains("deleteOptions"));
}

TEST_CASE("reviews are asked and read") {
  auto asked =
    json::parse(encode_access_review({{"anna", {"dev"}}, "get", "apps", "deployments", "shop"}));
  CHECK(asked["spec"]["resourceAttributes"]["namespace"] == "shop");
  CHECK(asked["spec"]["groups"][0] == "dev");
  bool accepted = true;
  user_info who;
  CHECK(decode_token_review(
    R"({"status":{"authenticated":true,"user":{"username":"anna","groups":["dev"]}}})", accepted,
    who));
  CHECK(accepted);
  CHECK(who == user_info{"anna", {"dev"}});
  CHECK(decode_token_review(R"({"status":{}})", accepted, who));
  CHECK(!accepted);
  CHECK(!decode_token_review(R"([1])", accepted, who));
  CHECK(!decode_token_review(R"({"status":{"authenticated":"yes"}})", accepted, who));
  access_answer answer;
  CHECK(decode_access_review(R"({"status":{"allowed":true,"denied":true}})", answer));
  CHECK(!answer.allowed);
  CHECK(!decode_access_review("nonsense", answer));
}
