#include "actors/common/logic/grant.hpp"

#include <catch2/catch.hpp>

#include "unit/support/build.hpp"

using namespace scaleops;
using namespace scaleops::test;

namespace {

/// Everything that may speak for or against a workload, all silent at first.
struct voices {
  workload owner = deployment("shop", "web", 2);
  pod instance = pod_builder{"shop", "web-1"};
  namespace_object space = make_namespace("shop");
  recommendation wish = recommend({"shop", "Deployment", "web"}, {}, {});
  automated_namespace automated;

  voices() {
    wish.automation.reset();
    automated.meta.name = "shop";
  }
  grant_answer ask(std::string_view ns = "shop") {
    return evaluate_grant({ns, &owner, &instance, &space, &wish, &automated});
  }
};

}  // namespace

TEST_CASE("nobody's word is no grant") {
  voices v;
  auto answer = v.ask();
  CHECK_FALSE(answer.granted);
  CHECK(answer.why == grant_denial::not_granted);
  CHECK_FALSE(evaluate_grant({"shop", nullptr, nullptr, nullptr, nullptr, nullptr}).granted);
}

TEST_CASE("each source grants, and names itself") {
  voices by_person;
  by_person.wish.automation = automation_grant{"alice", {}};
  CHECK(by_person.ask().source == grant_source::workload_grant);
  CHECK(by_person.ask().by == "alice");

  voices by_namespace;
  by_namespace.automated.grant.granted_by = "bob";
  CHECK(by_namespace.ask().source == grant_source::namespace_grant);

  voices by_default;
  by_default.space.meta.annotations["scaleops.sh/default-rightsize-auto"] = "true";
  CHECK(by_default.ask().source == grant_source::default_annotation);

  voices forced;
  forced.owner.meta.labels["scaleops.sh/force-auto"] = "True";
  CHECK(forced.ask().source == grant_source::forced);
}

TEST_CASE("a grant without an author is none") {
  voices v;
  v.wish.automation = automation_grant{"", {}};
  v.automated.grant.granted_by = "";
  CHECK_FALSE(v.ask().granted);
}

TEST_CASE("exclusion wins over everything, wherever it stands") {
  auto all_for_it = [] {
    voices v;
    v.wish.automation = automation_grant{"alice", {}};
    v.automated.grant.granted_by = "bob";
    v.owner.meta.annotations["scaleops.sh/force-auto"] = "true";
    return v;
  };
  const std::string key = "scaleops.sh/exclude-automation";
  auto v = all_for_it();
  REQUIRE(v.ask().granted);
  v.wish.excluded = true;
  CHECK(v.ask().why == grant_denial::excluded);
  v = all_for_it();
  v.owner.meta.labels[key] = "true";
  CHECK(v.ask().why == grant_denial::excluded);
  v = all_for_it();
  v.owner.template_annotations[key] = "true";
  CHECK(v.ask().why == grant_denial::excluded);
  v = all_for_it();
  v.instance.meta.annotations[key] = "true";
  CHECK(v.ask().why == grant_denial::excluded);
  v = all_for_it();
  v.space.meta.annotations[key] = "true";
  CHECK(v.ask().why == grant_denial::excluded);
}

TEST_CASE("unclear words count against us") {
  voices v;
  v.wish.automation = automation_grant{"alice", {}};
  v.space.meta.annotations["scaleops.sh/exclude-automation"] = "maybe";
  CHECK_FALSE(v.ask().granted);
  v.space.meta.annotations["scaleops.sh/exclude-automation"] = "false";
  CHECK(v.ask().granted);
  v.wish.automation.reset();
  v.space.meta.annotations["scaleops.sh/force-auto"] = "yes please";
  CHECK_FALSE(v.ask().granted);
}

TEST_CASE("force beats a grant's absence, and the workload's word beats its namespace's") {
  voices v;
  v.space.meta.annotations["scaleops.sh/force-auto"] = "true";
  CHECK(v.ask().granted);
  v.owner.meta.annotations["scaleops.sh/force-auto"] = "false";
  CHECK_FALSE(v.ask().granted);
}

TEST_CASE("system namespaces are never touched") {
  voices v;
  v.owner.meta.annotations["scaleops.sh/force-auto"] = "true";
  for (auto ns : {"kube-system", "kube-public", "kube-node-lease", "scaleops-system"}) {
    INFO(ns);
    CHECK(v.ask(ns).why == grant_denial::system_namespace);
  }
}
