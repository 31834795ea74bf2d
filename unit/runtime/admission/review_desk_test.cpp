#include <catch2/catch.hpp>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "messages/crd/base64.hpp"
#include "runtime/admission/review_desk.hpp"
#include "unit/runtime/admission/review_builder.hpp"
#include "unit/runtime/admission/shop.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace scaleops::webhook;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct bench {
  instant now = t0;
  prometheus::Registry registry;
  std::shared_ptr<review_counts> counts = std::make_shared<review_counts>(registry);
  review_desk desk{config(), counts};

  desk_config config() {
    desk_config out;
    out.now = [this] { return now; };
    return out;
  }

  json ask(const json& review) {
    auto out = json::parse(desk.answer(review.dump()));
    CHECK(out["response"]["allowed"] == true);
    return out["response"];
  }
  std::string verdict_of(const json& review) { return ask(review)["auditAnnotations"]["verdict"]; }
  double counted(admission_verdict which) { return counts->by_verdict[size_t(which)]->Value(); }
};

json patched(const json& review, const json& response) {
  auto patch = json::parse(*decode_base64(response["patch"].get<std::string>()));
  auto out = review;
  out["request"]["object"] = review["request"]["object"].patch(patch);
  return out;
}

}  // namespace

TEST_CASE("a granted pod gets its recommendation, and asked again it is left as it is") {
  bench b;
  b.desk.take(shop());
  auto review = review_of(review_pod());
  auto response = b.ask(review);
  CHECK(response["uid"] == review["request"]["uid"]);
  REQUIRE(response.contains("patch"));
  auto again = patched(review, response);
  auto& pod = again["request"]["object"];
  CHECK(pod["spec"]["containers"][1]["resources"]["requests"]["cpu"] == "200m");
  CHECK(pod["metadata"]["labels"]["scaleops.sh/managed"] == "true");
  CHECK(pod["metadata"]["annotations"]["scaleops.sh/admission"] == "patched");
  auto second = b.ask(again);
  CHECK_FALSE(second.contains("patch"));
  CHECK(second["auditAnnotations"]["verdict"] == "already-right");
  CHECK(b.counted(admission_verdict::patched) == 1);
  CHECK(b.counted(admission_verdict::already_right) == 1);
  CHECK(b.counts->answered == 2);
}

TEST_CASE("every doubt allows the pod unchanged and is counted by its reason") {
  bench b;
  b.desk.take(shop());
  CHECK(b.desk.answer("{").find(R"("uid":"","allowed":true)") != std::string::npos);
  auto other = review_of(review_pod());
  other["request"]["operation"] = "UPDATE";
  CHECK_FALSE(b.ask(other).contains("patch"));
  auto system = review_of(review_pod());
  system["request"]["namespace"] = "kube-system";
  CHECK(b.verdict_of(system) == "system-namespace");
  auto huge = review_of(review_pod());
  huge["request"]["object"]["metadata"]["annotations"]["a"] = std::string(5 << 20, 'x');
  // As the API server writes it: kind, version and uid first.
  std::string text =
    R"({"kind":"AdmissionReview","request":{"uid":"huge",)" + huge.dump().substr(1);
  auto out = json::parse(b.desk.answer(text));
  CHECK(out["response"]["uid"] == "huge");
  CHECK_FALSE(out["response"].contains("patch"));
  CHECK(b.counted(admission_verdict::unreadable) == 1);
  CHECK(b.counted(admission_verdict::wrong_kind) == 1);
  CHECK(b.counted(admission_verdict::system_namespace) == 1);
  CHECK(b.counted(admission_verdict::too_large) == 1);
}

TEST_CASE("a desk without a snapshot, or whose news have fallen silent, is not ready") {
  bench b;
  auto review = review_of(review_pod());
  CHECK(b.verdict_of(review) == "not-ready");
  b.desk.take(shop());
  b.desk.heard(b.now);
  CHECK(b.verdict_of(review) == "patched");
  auto silent_since = b.now;
  b.now = silent_since + 5min;  // patch_config::oldest_snapshot
  CHECK(b.verdict_of(review) == "patched");
  b.now += 1ms;
  CHECK(b.verdict_of(review) == "not-ready");
  b.desk.heard(b.now);
  CHECK(b.verdict_of(review) == "patched");
  b.desk.keeper().on_lost({object_kind::recommendation, ec::unavailable}, b.now);
  b.now += 5min + 1ms;
  b.desk.heard(b.now);
  CHECK(b.verdict_of(review) == "not-ready");
  b.desk.keeper().on_synced({object_kind::recommendation, b.now});
  CHECK(b.verdict_of(review) == "patched");
}

TEST_CASE("news that follow the snapshot change the next answer") {
  bench b;
  b.desk.take(shop());
  auto gone = std::make_shared<const object>(shop_recommendation());
  b.desk.keeper().on_objects(
    {object_kind::recommendation, {{watch_event::type::deleted, gone, 9}}});
  CHECK(b.verdict_of(review_of(review_pod())) == "not-granted");
}
