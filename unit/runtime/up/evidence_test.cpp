// Evidence of the running platform explains the recommendations of the running platform.
#include <catch2/catch.hpp>

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <nlohmann/json.hpp>

#include "messages/crd/crd.hpp"
#include "runtime/explain/explanation.hpp"
#include "runtime/up/session.hpp"

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

/// A small cluster in which the whole platform has worked for `span`.
struct small_platform {
  std::unique_ptr<up_session> session;

  explicit small_platform(milliseconds span) {
    up_session::settings with;
    with.seed = 5;
    with.scrape_interval = 60s;
    cluster_choice choice;
    std::string problem;
    REQUIRE(choose_cluster({{}, with.seed, 8, 4, with.begin}, choice, problem));
    session = std::make_unique<up_session>(with, std::move(choice));
    REQUIRE(session->run(span));
  }

  api_response get(const std::string& path) {
    caf::scoped_actor self{session->loop().system()};
    auto to = session->components().handle<dashboards_actor>(component::dashboards);
    auto pending =
      self->request(to, caf::infinite, api_request{"GET", "/api/v1" + path, {}, {}, {}, "::1"});
    session->loop().settle();
    api_response out;
    out.status = 0;
    if (self->has_next_message())
      pending.receive([&](api_response& answer) { out = std::move(answer); },
                      [&](caf::error& why) { FAIL(caf::to_string(why)); });
    return out;
  }
};

std::optional<explanation> explained(small_platform& platform, const std::string& workload) {
  auto object = platform.get("/workloads/" + workload + "/recommendation");
  auto bytes = platform.get("/workloads/" + workload + "/evidence");
  if (object.status != 200 || bytes.status != 200)
    return std::nullopt;
  auto parsed = crd::parse_text(*object.body);
  REQUIRE(parsed.value);
  std::string why;
  auto evidence = load_evidence(*bytes.body, why);
  INFO(why);
  REQUIRE(evidence);
  return explain_recommendation(std::get<recommendation>(*parsed.value), std::move(*evidence));
}

}  // namespace

TEST_CASE("evidence from the running platform gives every recommendation again, bit for bit") {
  small_platform platform{7h + 13min};
  auto list = nlohmann::json::parse(*platform.get("/workloads").body);
  size_t judged = 0;
  for (auto& row : list["items"]) {
    auto name = row["id"].get<std::string>();
    auto what = explained(platform, name);
    if (!what)
      continue;
    INFO(explanation_text(*what));
    CHECK(what->same());
    CHECK(what->input_digest == what->recorded.status.input_digest);
    ++judged;
  }
  CHECK(judged >= 8);
}

TEST_CASE("a workload shows what its recommendation risks in a week") {
  small_platform platform{7h};
  auto list = nlohmann::json::parse(*platform.get("/workloads").body);
  size_t told = 0;
  for (auto& row : list["items"]) {
    auto one =
      nlohmann::json::parse(*platform.get("/workloads/" + row["id"].get<std::string>()).body);
    for (auto& container : one["containers"]) {
      auto& risk = container["risk"];
      if (risk.is_null() || risk["oom_chance"].is_null())
        continue;
      auto& chance = risk["oom_chance"];
      CHECK(chance["expected"].get<double>() > 0);
      CHECK(chance["expected"].get<double>() <= 1);
      CHECK(chance["low"].get<double>() <= chance["high"].get<double>());
      ++told;
    }
  }
  CHECK(told >= 8);
}

TEST_CASE("what differs is named with both values, and told in both forms") {
  small_platform platform{7h};
  auto list = nlohmann::json::parse(*platform.get("/workloads").body);
  std::optional<explanation> what;
  for (auto& row : list["items"])
    if (!what)
      what = explained(platform, row["id"].get<std::string>());
  REQUIRE(what);
  auto changed = what->recorded;
  auto& first = changed.status.containers[0];
  first.target.requests.cpu = 7;
  first.confidence = 0.125;
  changed.status.policy = "another";
  auto wrong = explain_recommendation(changed, what->evidence);
  REQUIRE(wrong.differences.size() == 3);
  CHECK(wrong.differences[0].field == "status.policy");
  CHECK(wrong.differences[0].recorded == "another");
  CHECK(wrong.differences[1].field == "status.containers[" + first.name + "].target.requests.cpu");
  CHECK(wrong.differences[1].recorded == "7m");
  auto text = explanation_text(wrong);
  CHECK(text.find("3 values differ") != std::string::npos);
  auto json = nlohmann::json::parse(explanation_json(wrong));
  CHECK(json["same"] == false);
  CHECK(json["differences"].size() == 3);
  CHECK(json["containers"][0]["target"]["requests"]["cpu"] == 7);
  for (auto& why : json["containers"][0]["reasons"])
    CHECK(why["text"].get<std::string>().back() == '.');
  CHECK(json["containers"][0]["risk"].is_object());
}
