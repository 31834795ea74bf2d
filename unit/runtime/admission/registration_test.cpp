#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "messages/crd/base64.hpp"
#include "runtime/admission/registration.hpp"

using namespace scaleops;
using namespace scaleops::webhook;
using nlohmann::json;
using fields = std::vector<std::string>;

namespace {

/// As the chart makes it and the API server completes it (helm/templates/admissions.yaml).
json installed() {
  return json::parse(R"({
    "kind": "MutatingWebhookConfiguration", "apiVersion": "admissionregistration.k8s.io/v1",
    "metadata": {"name": "scaleops-admissions", "resourceVersion": "41", "labels": {"a": "b"}},
    "webhooks": [{
      "name": "pods.admissions.scaleops.sh",
      "clientConfig": {"service": {"namespace": "scaleops-system", "name": "admissions",
                                   "path": "/mutate", "port": 443}},
      "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"],
                 "resources": ["pods"], "scope": "Namespaced"}],
      "failurePolicy": "Ignore", "matchPolicy": "Equivalent", "timeoutSeconds": 2,
      "namespaceSelector": {"matchExpressions": [
        {"key": "kubernetes.io/metadata.name", "operator": "NotIn",
         "values": ["kube-system", "kube-public", "kube-node-lease", "scaleops-system", "mine"]}]},
      "objectSelector": {}, "sideEffects": "None", "admissionReviewVersions": ["v1"],
      "reinvocationPolicy": "IfNeeded"}]})");
}

registration_wish wish() {
  registration_wish out;
  out.authorities = "PEM";
  return out;
}

json healed(json document, const registration_wish& with) {
  auto healing = heal(document.dump(), with);
  REQUIRE(healing.problem.empty());
  if (!healing.merge_patch.empty())
    document.merge_patch(json::parse(healing.merge_patch));
  CHECK(heal(document.dump(), with).fields.empty());  // healing settles
  return document;
}

json right() {
  return healed(installed(), wish());
}

}  // namespace

TEST_CASE("the bundle is put into what the chart has made, and then nothing more is done") {
  auto healing = heal(installed().dump(), wish());
  CHECK(healing.fields == fields{"caBundle"});
  CHECK(json::parse(healing.merge_patch)["metadata"]["resourceVersion"] == "41");
  auto after = right();
  CHECK(after["webhooks"][0]["clientConfig"]["caBundle"] == encode_base64("PEM"));
  auto others = after;
  others["webhooks"][0]["clientConfig"].erase("caBundle");
  CHECK(others == installed());
}

TEST_CASE("each field that was altered is named and put back") {
  auto before = right();
  auto altered = before;
  auto& entry = altered["webhooks"][0];
  auto check = [&](const char* field) {
    CHECK(heal(altered.dump(), wish()).fields == fields{field});
    CHECK(healed(altered, wish())["webhooks"] == before["webhooks"]);
  };
  SECTION("path") {
    entry["clientConfig"]["service"]["path"] = "/other";
    check("clientConfig");
  }
  SECTION("another server") {
    entry["clientConfig"].erase("service");
    entry["clientConfig"]["url"] = "https://elsewhere.example/mutate";
    check("clientConfig");
  }
  SECTION("another authority") {
    entry["clientConfig"]["caBundle"] = encode_base64("other");
    check("caBundle");
  }
  SECTION("rules") {
    entry["rules"][0]["operations"].push_back("UPDATE");
    check("rules");
  }
  SECTION("failurePolicy") {
    entry["failurePolicy"] = "Fail";
    check("failurePolicy");
  }
  SECTION("timeoutSeconds") {
    entry["timeoutSeconds"] = 30;
    check("timeoutSeconds");
  }
  SECTION("reinvocationPolicy") {
    entry["reinvocationPolicy"] = "Never";
    check("reinvocationPolicy");
  }
  SECTION("conditions that keep pods away") {
    entry["matchConditions"] = json::array({{{"name", "never"}, {"expression", "false"}}});
    CHECK(heal(altered.dump(), wish()).fields == fields{"matchConditions"});
    CHECK_FALSE(healed(altered, wish())["webhooks"][0].contains("matchConditions"));
  }
  SECTION("objectSelector") {
    entry["objectSelector"] = {{"matchLabels", {{"a", "b"}}}};
    CHECK(heal(altered.dump(), wish()).fields == fields{"objectSelector"});
    healed(altered, wish());
  }
}

TEST_CASE("a selector may exclude more than it must, not less and not otherwise") {
  auto document = right();
  auto& selector = document["webhooks"][0]["namespaceSelector"];
  auto& names = selector["matchExpressions"][0]["values"];
  SECTION("more, in any order") {
    names = {"zoo", "scaleops-system", "kube-node-lease", "kube-public", "kube-system"};
    CHECK(heal(document.dump(), wish()).fields.empty());
    auto strict = wish();
    strict.excluded_namespaces = {"batch"};
    auto now = healed(document, strict)["webhooks"][0]["namespaceSelector"];
    CHECK(now["matchExpressions"][0]["values"] ==
          json{"batch", "kube-node-lease", "kube-public", "kube-system", "scaleops-system", "zoo"});
  }
  SECTION("one of ours is missing; foreign ones stay excluded") {
    names = {"kube-system", "kube-public", "kube-node-lease", "mine"};
    auto now = healed(document, wish())["webhooks"][0]["namespaceSelector"];
    CHECK(now["matchExpressions"][0]["values"] ==
          json{"kube-node-lease", "kube-public", "kube-system", "mine", "scaleops-system"});
  }
  SECTION("another condition beside") {
    selector["matchLabels"] = {{"team", "a"}};
    CHECK_FALSE(
      healed(document, wish())["webhooks"][0]["namespaceSelector"].contains("matchLabels"));
  }
  SECTION("removed") {
    selector = json::object();
    CHECK(heal(document.dump(), wish()).fields == fields{"namespaceSelector"});
    healed(document, wish());
  }
}

TEST_CASE("our entry is made where it is missing, other entries stay") {
  auto document = right();
  document["webhooks"][0]["name"] = "other.example";
  CHECK(heal(document.dump(), wish()).fields == fields{"webhook"});
  auto after = healed(document, wish());
  REQUIRE(after["webhooks"].size() == 2);
  CHECK(after["webhooks"][0] == document["webhooks"][0]);
  document.erase("webhooks");
  CHECK(healed(document, wish())["webhooks"].size() == 1);
}

TEST_CASE("without a bundle of ours the one that stands there is left") {
  auto document = right();
  registration_wish without;
  CHECK(heal(document.dump(), without).fields.empty());
}

TEST_CASE("an API server outside of the cluster is given the address instead of the Service") {
  auto outside = wish();
  outside.url = "https://127.0.0.1:8443/mutate";
  auto config = healed(installed(), outside)["webhooks"][0]["clientConfig"];
  CHECK(config["url"] == outside.url);
  CHECK_FALSE(config.contains("service"));
}

TEST_CASE("what is no registration is a problem, not a crash") {
  CHECK_FALSE(heal("", wish()).problem.empty());
  CHECK_FALSE(heal("[]", wish()).problem.empty());
  CHECK_FALSE(heal(R"({"kind": 5})", wish()).problem.empty());
  CHECK(heal(R"({"kind": "MutatingWebhookConfiguration", "webhooks": [7, {"name": 5}]})", wish())
          .fields == fields{"webhook"});
}
