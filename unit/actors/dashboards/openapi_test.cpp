#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include <yaml-cpp/yaml.h>

#include "actors/dashboards/logic/routing.hpp"
#include "unit/support/source_dir.hpp"

using namespace scaleops::dashboards::logic;

TEST_CASE("docs/api/openapi.yaml describes exactly the endpoints that there are") {
  auto document = YAML::LoadFile(scaleops::test::source_dir() + "/docs/api/openapi.yaml");
  std::set<std::pair<std::string, std::string>> described, known;
  for (auto path : document["paths"])
    for (auto operation : path.second) {
      auto method = operation.first.as<std::string>();
      std::transform(method.begin(), method.end(), method.begin(),
                     [](char c) { return char(c - 32); });
      auto pattern = "/api/v1" + path.first.as<std::string>();
      for (auto open = pattern.find('{'); open != std::string::npos; open = pattern.find('{'))
        pattern.replace(open, pattern.find('}') - open + 1, "*");
      described.emplace(method, pattern);
    }
  for (auto& route : all_routes())
    known.emplace(route.method, route.pattern);
  CHECK(described == known);
}
