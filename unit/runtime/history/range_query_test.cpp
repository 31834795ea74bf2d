#include "runtime/history/range_query.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace scaleops::history;
using namespace std::chrono_literals;

namespace {
constexpr instant at{1'700'000'000s};
}

TEST_CASE("a range is asked in whole seconds, one namespace at a time") {
  auto target = range_target(series_of::cpu, "shop", {at, at + 1h, 5min});
  CHECK(target.find("/api/v1/query_range?query=max%20by%20%28pod%2Ccontainer%29") == 0);
  CHECK(target.find("namespace%3D%22shop%22") != std::string::npos);
  CHECK(target.find("%5B300s%5D") != std::string::npos);
  CHECK(target.find("&start=1700000000&end=1700003600&step=300&timeout=20s") != std::string::npos);
}

TEST_CASE("a long past is cut into pieces that neither overlap nor leave a gap") {
  auto cut = pieces({at, at + 24h, 5min}, 72);
  REQUIRE(cut.size() == 5);
  CHECK(cut.front().from == at);
  CHECK(cut.back().to == at + 24h);
  for (size_t i = 0; i + 1 < cut.size(); ++i) {
    CHECK((cut[i].to - cut[i].from) / 5min == 71);
    CHECK(cut[i + 1].from == cut[i].to + 5min);
  }
}

TEST_CASE("an answer's series are read; what cannot be is left out") {
  std::string problem;
  auto got = read_range(
    R"({"status":"success","data":{"resultType":"matrix","result":[
{"metric":{"pod":"web-1","container":"main"},"values":[[1700000000,"0.5"],[1700000300.5,"NaN"],[1700000300,"-1"],[1700000600,"1e-3"],[1700000600,"7"],["x","1"]]},
{"metric":{"container":"main"},"values":[[1700000000,"1"]]}]}})",
    problem);
  REQUIRE(got);
  REQUIRE(got->size() == 1);
  CHECK(got->front().pod == "web-1");
  CHECK(got->front().points ==
        std::vector<std::pair<instant, double>>{{at, 0.5}, {at + 600s, 1e-3}});
}

TEST_CASE("what is no answer is told in one line") {
  std::string problem;
  CHECK(!read_range("<html>", problem));
  CHECK(problem == "the answer is no JSON: is this Prometheus' address?");
  CHECK(
    !read_range(R"({"status":"error","errorType":"timeout","error":"query timed out"})", problem));
  CHECK(problem == "query timed out");
  CHECK(!read_range(R"({"status":"error","error":"parse error\nat char 3"})", problem));
  CHECK(problem == "parse error at char 3");
  CHECK(!read_range(R"({"status":"success","data":{"resultType":"vector","result":[]}})", problem));
}
