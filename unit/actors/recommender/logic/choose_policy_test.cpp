#include <catch2/catch.hpp>

#include "actors/recommender/logic/recommend.hpp"
#include "messages/labels.hpp"

using namespace scaleops;

namespace {

workload_facts shop() {
  workload_facts facts;
  facts.ref = {"shop", "Deployment", "cart"};
  facts.replicas = 3;
  facts.labels = {{"tier", "web"}};
  container_spec container;
  container.name = "app";
  container.image = "registry/cart:1";
  facts.containers.push_back(container);
  return facts;
}

named_rule rule(std::string name, int priority, std::string policy) {
  named_rule out{std::move(name), {}};
  out.spec.priority = priority;
  out.spec.policy = std::move(policy);
  return out;
}

}  // namespace

TEST_CASE("without any wish an ordinary workload gets production") {
  auto choice = choose_policy(shop(), {}, {});
  CHECK(choice.name == "production");
  CHECK(choice.why == "default");
  REQUIRE(choice.spec);
}

TEST_CASE("the first matching rule wins by priority, then by name") {
  std::vector rules{rule("z", 5, "cost"), rule("a", 5, "batch"), rule("never", 1, "system")};
  rules[2].spec.selector.namespaces = {"kube-*"};
  auto choice = choose_policy(shop(), {}, rules);
  CHECK(choice.name == "batch");
  CHECK(choice.why == "rule a (priority 5)");
}

TEST_CASE("force beats override beats rule beats namespace grant beats default beats detection") {
  auto facts = shop();
  facts.replicas = 20;
  CHECK(choose_policy(facts, {}, {}).name == "high-replica");
  facts.annotations[std::string{labels::default_rightsize_policy}] = "cost";
  CHECK(choose_policy(facts, {}, {}).name == "cost");
  policy_wishes wishes;
  wishes.namespace_ = "batch";
  CHECK(choose_policy(facts, {}, {}, wishes).name == "batch");
  std::vector rules{rule("r", 1, "system")};
  CHECK(choose_policy(facts, {}, rules, wishes).name == "system");
  wishes.workload = "java";
  CHECK(choose_policy(facts, {}, rules, wishes).name == "java");
  facts.namespace_labels[std::string{labels::force_policy}] = "high-availability";
  CHECK(choose_policy(facts, {}, rules, wishes).name == "high-availability");
  facts.annotations[std::string{labels::force_policy}] = "production";
  CHECK(choose_policy(facts, {}, rules, wishes).name == "production");
}

TEST_CASE("an unknown policy is skipped and named") {
  policy_wishes wishes;
  wishes.workload = "nope";
  auto choice = choose_policy(shop(), {}, {}, wishes);
  CHECK(choice.name == "production");
  CHECK(choice.why == "default; override of the workload names the unknown policy \"nope\"");
}

TEST_CASE("a policy object replaces the built-in of its name") {
  policy_map own;
  own["production"].description = "ours";
  CHECK(choose_policy(shop(), own, {}).spec->description == "ours");
}

TEST_CASE("all parts of a selector must hold") {
  auto facts = shop();
  rule_selector selector;
  CHECK(matches(selector, facts));
  selector.kinds = {"Deployment"};
  selector.labels.match_labels = {{"tier", "web"}};
  selector.images = {"*cart*"};
  CHECK(matches(selector, facts));
  selector.annotations = {{"owner", "*"}};
  CHECK_FALSE(matches(selector, facts));
  facts.annotations["owner"] = "me";
  CHECK(matches(selector, facts));
  selector.names = {"c?rt", "x"};
  CHECK(matches(selector, facts));
  selector.names = {"c?r"};
  CHECK_FALSE(matches(selector, facts));
}

TEST_CASE("classes are recognised by namespace, kind, image and size") {
  auto facts = shop();
  CHECK(detect_class(facts) == workload_class::ordinary);
  facts.containers[0].image = "eclipse-temurin:21-jre";
  CHECK(detect_class(facts) == workload_class::java);
  facts.ref.kind = "CronJob";
  CHECK(detect_class(facts) == workload_class::batch);
  facts.ref.ns = "kube-system";
  CHECK(detect_class(facts) == workload_class::system);
}

TEST_CASE("all built-in policies are valid, and wrong values are refused with field and range") {
  for (auto& [name, spec] : builtin_policies()) {
    INFO(name);
    CHECK(validate(spec).empty());
  }
  policy_spec bad;
  bad.cpu.percentile = 1.5;
  bad.memory.headroom = -1;
  bad.aggressiveness = 2;
  auto errors = validate(bad);
  REQUIRE(errors.size() == 3);
  CHECK(errors[0] == field_error{"spec.cpu.percentile", "must be above 0 and at most 1, is 1.5"});
  CHECK(errors[1].field == "spec.memory.headroom");
  CHECK(errors[2].field == "spec.aggressiveness");
}
