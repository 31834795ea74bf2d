#include "unit/runtime/kube/fake_api.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

const std::string path = "/api/v1/namespaces/scaleops-system/secrets/admissions-certificate";

kube::document_answer call(fake_api& api, std::string merge_patch) {
  if (!api.client)
    api.start();
  std::optional<kube::document_answer> got;
  api.client->call_document({path, "secrets", std::move(merge_patch)},
                            [&](kube::document_answer answer) { got = std::move(answer); });
  REQUIRE(api.turn_until([&] { return got.has_value(); }));
  return *got;
}

}  // namespace

TEST_CASE("an object that the port does not know is read and merge-patched as it stands") {
  fake_api api;
  api.on("GET " + path, R"({"kind":"Secret"})");
  api.on("PATCH " + path, R"({"kind":"Secret","data":{}})");
  CHECK(call(api, {}).document == R"({"kind":"Secret"})");
  CHECK(call(api, R"({"data":{}})").document == R"({"kind":"Secret","data":{}})");
  auto& patch = api.seen.back();
  CHECK(patch.method == "PATCH");
  CHECK(patch.header("content-type") == "application/merge-patch+json");
  CHECK(patch.query.at("fieldManager") == "scaleops");
  CHECK(patch.body == R"({"data":{}})");
}

TEST_CASE("a document's conflict and a missing right come back as such, in one line") {
  fake_api api;
  api.on("PATCH " + path, R"({"kind":"Status","reason":"Conflict","message":"modified"})", 409);
  api.on("GET " + path, R"({"kind":"Status","reason":"Forbidden","message":"secrets forbidden"})",
         403);
  CHECK(call(api, "{}").code == ec::conflict);
  auto refused = call(api, {});
  CHECK(refused.code == ec::forbidden);
  CHECK(refused.problem.find("get secrets admissions-certificate") != std::string::npos);
  CHECK(refused.problem.find('\n') == std::string::npos);
}

TEST_CASE("the read-only guard stands before documents too") {
  fake_api api;
  api.config.transport.read_only = true;
  api.on("GET " + path, R"({"kind":"Secret"})");
  api.on("PATCH " + path, R"({"kind":"Secret"})");
  CHECK(call(api, {}).code == ec::none);
  CHECK(call(api, "{}").code == ec::forbidden);
  CHECK(api.seen.size() == 2);  // the discovery and the GET; no PATCH
  for (auto& each : api.seen)
    CHECK(each.method == "GET");
}
