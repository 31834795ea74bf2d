#include <catch2/catch.hpp>

#include "actors/dashboards/logic/input.hpp"

using namespace scaleops;
using namespace scaleops::dashboards::logic;

namespace {

std::string refusal(change_body form, std::string_view body) {
  change_wish wish;
  auto error = read_change(form, body, wish);
  return error ? error->field : "";
}

}  // namespace

TEST_CASE("a change names its workloads or a filter, and everything else is refused by name") {
  using enum change_body;
  CHECK(refusal(automation, "") == "body");
  CHECK(refusal(automation, "[]") == "body");
  CHECK(refusal(automation, R"({"workloads":["a/B/c"]})") == "body.automated");
  CHECK(refusal(automation, R"({"automated":1,"workloads":["a/B/c"]})") == "body.automated");
  CHECK(refusal(automation, R"({"automated":true})") == "body");
  CHECK(refusal(automation, R"({"automated":true,"workloads":["a/B/c"],"filter":{}})") == "body");
  CHECK(refusal(automation, R"({"automated":true,"workloads":[]})") == "body.workloads");
  CHECK(refusal(automation, R"({"automated":true,"workloads":["a/B/c","nonsense"]})") ==
        "body.workloads[1]");
  CHECK(refusal(automation, R"({"automated":true,"workloads":["a/B/c"],"x":1})") == "body.x");
  CHECK(refusal(automation, R"({"automated":true,"filter":{"state":"sad"}})") ==
        "body.filter.state");
  CHECK(refusal(automation, R"({"automated":true,"filter":{"limit":"5"}})") == "body.filter.limit");
  CHECK(refusal(policy, R"({"policy":5,"workloads":["a/B/c"]})") == "body.policy");
  CHECK(refusal(exclusion, R"({"excluded":true,"workloads":["a/B/c"],"why":")" +
                             std::string(1001, 'x') + R"("})") == "body.why");
}

TEST_CASE("a list is sorted and each workload counts once") {
  change_wish wish;
  REQUIRE_FALSE(read_change(change_body::exclusion,
                            R"({"excluded":false,"workloads":["b/B/c","a/B/c","b/B/c"]})", wish));
  CHECK(wish.kind == change_wish::what::include);
  REQUIRE(wish.workloads.size() == 2);
  CHECK(wish.workloads[0].ns == "a");
}

TEST_CASE("numbers, durations and choices are read whole or refused with the permitted range") {
  auto number = [](std::string text) {
    string_map query{{"limit", std::move(text)}};
    query_reader reader{query};
    reader.number("limit", 1, 1, 10);
    return reader.finish();
  };
  CHECK_FALSE(number("10"));
  for (auto* text : {"", "0", "11", "5x", " 5", "1e1", "99999999999999999999"}) {
    auto error = number(text);
    REQUIRE(error);
    CHECK(error->message == "must be a whole number from 1 to 10");
  }
  string_map query{{"span", "soon"}};
  query_reader reader{query};
  using namespace std::chrono_literals;
  reader.span("span", 1h, 5min, 24h);
  CHECK(reader.finish()->field == "query.span");
}
