#include "runtime/history/pod_names.hpp"

#include <catch2/catch.hpp>

using namespace scaleops;
using namespace scaleops::history;

TEST_CASE("a pod's name tells whose it was") {
  pod_names names;
  for (auto [kind, name] : {std::pair{"Deployment", "web"},
                            {"Deployment", "web-api"},
                            {"StatefulSet", "db"},
                            {"DaemonSet", "agent"},
                            {"CronJob", "report"},
                            {"Job", "once"},
                            {"Pod", "alone"}})
    names.add({"shop", kind, name});
  auto owner = [&](const char* pod) {
    auto found = names.owner_of({"shop", pod});
    return found ? found->kind + "/" + found->name : std::string{};
  };
  CHECK(owner("web-7d9c4b5f6-x2b4z") == "Deployment/web");
  CHECK(owner("web-api-7d9c4b5f6-x2b4z") == "Deployment/web-api");
  CHECK(owner("db-0") == "StatefulSet/db");
  CHECK(owner("agent-x2b4z") == "DaemonSet/agent");
  CHECK(owner("report-29112345-x2b4z") == "CronJob/report");
  CHECK(owner("once-x2b4z") == "Job/once");
  CHECK(owner("alone") == "Pod/alone");
  CHECK(owner("web-x2b4z").empty());
  CHECK(owner("db-x").empty());
  CHECK(owner("website-7d9c4b5f6-x2b4z").empty());
  CHECK(!names.owner_of({"other", "db-0"}));
}

TEST_CASE("what is known needs no guess") {
  pod_names names;
  names.know({"shop", "odd-name"}, {"shop", "Group", "odd"});
  CHECK(names.owner_of({"shop", "odd-name"})->kind == "Group");
}
