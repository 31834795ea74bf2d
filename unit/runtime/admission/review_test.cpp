#include <catch2/catch.hpp>

#include "messages/crd/base64.hpp"
#include "runtime/admission/review.hpp"
#include "unit/runtime/admission/review_builder.hpp"
#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace scaleops::webhook;
using nlohmann::json;
using verdict = admission_verdict;

namespace {

read_review read(const json& document) {
  static review_reader reader;
  return reader.read(document.dump());
}

json patch_for(const json& pod_document, const admission_response& answer) {
  auto got = read(review_of(pod_document));
  REQUIRE_FALSE(got.doubt);
  auto text = make_patch(*got.review.object, got.places, answer);
  return text.empty() ? json::array() : json::parse(text);
}

/// The pod's document once the API server has applied the patch; a second reading must find
/// nothing more to do.
json applied(const json& pod_document, const admission_response& answer) {
  auto out = pod_document.patch(patch_for(pod_document, answer));
  CHECK(patch_for(out, answer).empty());
  return out;
}

admission_response resize(std::string container, container_resources to) {
  admission_response answer;
  answer.verdict = verdict::patched;
  answer.containers = {{std::move(container), to}};
  return answer;
}

}  // namespace

TEST_CASE("a review is read with its pod, init containers and sidecars at their places") {
  auto got = read(review_of(review_pod()));
  REQUIRE_FALSE(got.doubt);
  CHECK(got.review.uid == "0df28fbd-5f5f-11e8-bc74-36e6bb280816");
  CHECK(got.review.ns == "shop");
  CHECK_FALSE(got.review.dry_run);
  auto& subject = *got.review.object;
  CHECK(subject.meta.owners.at(0).name == "web-rs");
  REQUIRE(subject.containers.size() == 4);
  CHECK(subject.containers[1].resources == container_resources{res(500, "1Gi"), res(1000, "2Gi")});
  CHECK(subject.containers[3].role == container_role::sidecar);
  CHECK(got.places.labels);
  CHECK_FALSE(got.places.annotations);
  auto& places = got.places.containers;
  REQUIRE(places.size() == 4);
  CHECK((!places[1].init && places[1].index == 1 && places[1].limits.memory));
  CHECK((places[2].init && places[2].index == 0 && !places[2].resources));
  CHECK((places[3].init && places[3].index == 1 && places[3].requests.cpu));
  CHECK_FALSE(places[3].requests.memory);
}

TEST_CASE("a pod that leaves its namespace out gets the review's") {
  auto pod = review_pod();
  pod["metadata"].erase("namespace");
  CHECK(read(review_of(pod)).review.object->meta.ns == "shop");
}

TEST_CASE("init containers that come first in the document come last in the pod") {
  // As the API server writes it; nlohmann's tree sorts by name.
  review_reader reader;
  auto got = reader.read(R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{
    "uid":"u","resource":{"group":"","version":"v1","resource":"pods"},"namespace":"shop",
    "operation":"CREATE","object":{"kind":"Pod","spec":{
      "volumes":[{"name":"data","emptyDir":{}}],
      "initContainers":[{"name":"setup"}],
      "containers":[{"env":[{"name":"name","value":"{\"name\":[\\"}],"name":"app"}]},
      "metadata":{"name":"web"}}}})");
  REQUIRE_FALSE(got.doubt);
  auto& containers = got.review.object->containers.get();
  REQUIRE(containers.size() == 2);
  CHECK((containers[0].name == "app" && containers[0].role == container_role::main));
  CHECK((containers[1].name == "setup" && containers[1].role == container_role::init));
  CHECK((got.places.containers[0].index == 0 && !got.places.containers[0].init));
  CHECK((got.places.containers[1].index == 0 && got.places.containers[1].init));
  CHECK(got.review.object->meta.name == "web");
}

TEST_CASE("amounts may be bare numbers; what is null or of another type counts as absent") {
  auto pod = review_pod();
  pod["spec"]["containers"] = json::parse(R"([
    {"name": "app", "resources": {"requests": {"cpu": 2, "memory": 1e9}, "limits": null}},
    {"name": "side", "resources": {"requests": {"cpu": true, "memory": null}}},
    {"name": 7, "resources": null, "restartPolicy": "Always"}])");
  pod["metadata"]["annotations"] = {
    {"kubectl.kubernetes.io/last-applied-configuration", "long"}, {"team", "shop"}, {"odd", 5}};
  auto got = read(review_of(pod));
  REQUIRE_FALSE(got.doubt);
  auto& containers = got.review.object->containers.get();
  CHECK(containers[0].resources.requests == resources{2000, 1'000'000'000});
  CHECK((got.places.containers[0].requests.cpu && !got.places.containers[0].limits.there));
  CHECK(containers[1].resources == container_resources{});
  CHECK((got.places.containers[1].requests.cpu && !got.places.containers[1].requests.memory));
  CHECK(containers[2].name.empty());
  CHECK(containers[2].role == container_role::main);
  CHECK_FALSE(got.places.containers[2].resources);
  CHECK(got.places.annotations);
  CHECK(got.review.object->meta.annotations.get() == string_map{{"odd", ""}, {"team", "shop"}});
}

TEST_CASE("what is passed over must be balanced, and nothing may follow the review") {
  review_reader reader;
  auto text = review_of(review_pod()).dump();
  CHECK_FALSE(reader.read(text + " \n").doubt);
  CHECK(reader.read(text + "}").doubt == verdict::unreadable);
  CHECK(reader.read(text + "{}").doubt == verdict::unreadable);
  for (size_t length = 1; length < text.size(); ++length)
    REQUIRE(reader.read(text.substr(0, length)).doubt == verdict::unreadable);
  auto pod = review_pod();
  pod["spec"]["volumes"] = json::array();
  text = review_of(pod).dump();
  auto at = text.find("\"volumes\":[]") + 10;
  CHECK(reader.read(std::string{text}.replace(at, 2, "[{]")).doubt == verdict::unreadable);
  CHECK_FALSE(reader.read(std::string{text}.replace(at, 2, "[[[{\"a\":[1,2]}]]]")).doubt);
}

TEST_CASE("the patch changes what differs and leaves foreign resources alone") {
  auto answer = resize("app", {res(200, "1Gi"), res(400, "2Gi")});
  auto patch = patch_for(review_pod(), answer);
  CHECK(patch == json::parse(R"([
    {"op": "add", "path": "/spec/containers/1/resources/limits/cpu", "value": "400m"},
    {"op": "add", "path": "/spec/containers/1/resources/requests/cpu", "value": "200m"}])"));
  auto after = applied(review_pod(), answer)["spec"]["containers"][1]["resources"];
  CHECK(after["requests"]["ephemeral-storage"] == "1Gi");
  CHECK(after["limits"]["nvidia.com/gpu"] == "1");
}

TEST_CASE("parents that are missing are made: resources, requests, annotations, labels") {
  SECTION("no resources at all, in an init container") {
    auto after = applied(review_pod(), resize("setup", {res(10, "16Mi"), {}}));
    CHECK(after["spec"]["initContainers"][0]["resources"] ==
          json::parse(R"({"requests": {"cpu": "10m", "memory": "16Mi"}})"));
  }
  SECTION("empty resources") {
    auto after = applied(review_pod(), resize("log", {res(10, "16Mi"), res({}, "32Mi")}));
    CHECK(after["spec"]["containers"][0]["resources"] ==
          json::parse(
            R"({"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}})"));
  }
  SECTION("requests of a sidecar without memory") {
    auto after = applied(review_pod(), resize("proxy", {res(100, "64Mi"), {}}));
    CHECK(after["spec"]["initContainers"][1]["resources"]["requests"] ==
          json::parse(R"({"cpu": "100m", "memory": "64Mi"})"));
  }
  SECTION("null where a map could stand") {
    auto pod = review_pod();
    pod["metadata"]["labels"] = nullptr;
    pod["spec"]["containers"][0]["resources"]["requests"] = nullptr;
    auto answer = resize("log", {res(10, "16Mi"), {}});
    answer.labels = {{"a", "b"}};
    auto after = applied(pod, answer);
    CHECK(after["metadata"]["labels"] == json{{"a", "b"}});
    CHECK(after["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "10m");
  }
}

TEST_CASE("keys with slashes and tildes, and values with quotes, arrive as they are") {
  admission_response answer;
  answer.verdict = verdict::patched;
  answer.labels = {{"scaleops.sh/managed", "true"}, {"app", "web"}};
  answer.annotations = {{"scaleops.sh/origin~resources", R"({"app":{"cpu":"1"}})"}};
  auto pod = review_pod();
  SECTION("without annotations") {}
  SECTION("beside annotations") {
    pod["metadata"]["annotations"]["other/one"] = "x";
  }
  auto patch = patch_for(pod, answer);
  CHECK(patch[0]["path"] == "/metadata/labels/scaleops.sh~1managed");
  auto meta = applied(pod, answer)["metadata"];
  CHECK(meta["labels"] == json{{"scaleops.sh/managed", "true"}, {"app", "web"}});
  CHECK(meta["annotations"]["scaleops.sh/origin~resources"] == R"({"app":{"cpu":"1"}})");
  CHECK(patch.size() == 2);  // "app" stands already
}

TEST_CASE("a value that shall not be set is removed") {
  auto after = applied(review_pod(), resize("app", {res(500, "1Gi"), res({}, "2Gi")}));
  auto& limits = after["spec"]["containers"][1]["resources"]["limits"];
  CHECK_FALSE(limits.contains("cpu"));
  CHECK(limits.contains("nvidia.com/gpu"));
}

TEST_CASE("an answer without a patch allows and names the uid and the verdict") {
  admission_response answer{"u-1", verdict::not_granted, "no", {}, {}, {}};
  auto out = json::parse(write_review(answer, {}));
  CHECK(out == json::parse(R"({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
    "response": {"uid": "u-1", "allowed": true, "auditAnnotations": {"verdict": "not-granted"}}})"));
  out = json::parse(write_review(answer, "[1]"))["response"];
  CHECK(out["patchType"] == "JSONPatch");
  CHECK(decode_base64(out["patch"].get<std::string>()) == "[1]");
}

TEST_CASE("what is no review of a new pod is a doubt with its reason, and keeps its uid") {
  auto doubt = [](const json& document) {
    auto got = read(document);
    CHECK(got.review.uid == "0df28fbd-5f5f-11e8-bc74-36e6bb280816");
    CHECK_FALSE(got.detail.empty());
    return got.doubt;
  };
  auto review = review_of(review_pod());
  auto with = [&](const char* pointer, json value) {
    auto out = review;
    out[json::json_pointer(pointer)] = std::move(value);
    return out;
  };
  CHECK(doubt(with("/apiVersion", "admission.k8s.io/v1beta1")) == verdict::wrong_kind);
  CHECK(doubt(with("/kind", "Review")) == verdict::wrong_kind);
  CHECK(doubt(with("/request/resource/resource", "deployments")) == verdict::wrong_kind);
  CHECK(doubt(with("/request/resource/group", "apps")) == verdict::wrong_kind);
  CHECK(doubt(with("/request/subResource", "ephemeralcontainers")) == verdict::wrong_kind);
  CHECK(doubt(with("/request/operation", "UPDATE")) == verdict::wrong_kind);
  CHECK(doubt(with("/request/object", nullptr)) == verdict::invalid_pod);
  CHECK(doubt(with("/request/object/kind", "Job")) == verdict::invalid_pod);
  CHECK(doubt(with("/request/object/spec/containers", json::array())) == verdict::invalid_pod);
  for (auto* member : {"metadata/labels", "metadata/annotations", "spec/containers/0/resources",
                       "spec/containers/0/resources/limits"})
    CHECK(doubt(with((std::string{"/request/object/"} + member).c_str(), "no object")) ==
          verdict::invalid_pod);

  review_reader reader;
  auto text = review.dump();
  CHECK(reader.read("").doubt == verdict::unreadable);
  CHECK(reader.read("[]").doubt == verdict::unreadable);
  CHECK(reader.read(with("/request/uid", "").dump()).doubt == verdict::unreadable);
  CHECK_FALSE(reader.read(text).doubt);  // an unreadable one leaves nothing behind
}

TEST_CASE("the uid of a torn or huge review is read from its beginning") {
  std::string begin =
    R"({"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"ab-12",)";
  CHECK(uid_at_the_beginning(begin) == "ab-12");
  review_reader reader;
  auto torn = reader.read(begin + R"("kind":{)");
  CHECK(torn.doubt == verdict::unreadable);
  CHECK(torn.review.uid == "ab-12");
  CHECK(uid_at_the_beginning(R"({"request":{"uid":"a\"b"}})").empty());
  CHECK(uid_at_the_beginning(R"({"request":{"uid":")" + std::string(500, 'a') + "\"").empty());
  CHECK(uid_at_the_beginning("nonsense").empty());
}
