#include "messages/crd/crd.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace scaleops;
using namespace std::chrono_literals;

namespace {

/// A policy document whose spec is this YAML, indented by two.
std::string policy_with(const std::string& spec) {
  return "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: Policy\nmetadata: {name: web}\nspec:\n" +
         spec;
}

template <class T>
T read(const std::string& text) {
  auto done = crd::parse_text(text);
  for (auto& problem : done.problems)
    FAIL_CHECK(problem);
  REQUIRE(done.value);
  return std::get<T>(*done.value);
}

std::vector<std::string> problems(const std::string& text) {
  auto done = crd::parse_text(text);
  CHECK(done.value.has_value() == done.problems.empty());
  return done.problems;
}

std::string only_problem(const std::string& text) {
  auto found = problems(text);
  REQUIRE(found.size() == 1);
  return found.front();
}

}  // namespace

TEST_CASE("an almost empty policy has all the defaults") {
  auto p = read<policy>(policy_with("  {}\n"));
  CHECK(p.meta.name == "web");
  CHECK(p.spec == policy_spec{});
}

TEST_CASE("every field of a policy arrives") {
  auto p = read<policy>(policy_with(R"(
  description: for the web
  cpu: {window: 4d, percentile: 0.95, headroom: 0.2, headroomAbsolute: 10m, min: 50m, max: "4", limitStrategy: Multiple, limitMultiple: 3}
  memory: {percentile: 1, min: 64Mi, max: 2Gi, limitStrategy: EqualToRequest}
  containers:
  - name: istio-*
    off: true
  - name: app
    cpu: {percentile: 0.99}
  aggressiveness: 0.7
  increaseMode: InPlace
  decreaseMode: OnCreate
  increaseWindows:
  - days: [Sat, Sun]
    from: "22:00"
    until: "24:00"
    timeZone: Europe/Berlin
  minimumHistory: 1d
  oomHealing: false
  burstHealing: false
  season: false
  disturbSingleReplica: true
  coolDown: 1h
)"))
             .spec;
  CHECK(p.cpu.window == 96h);
  CHECK(p.cpu.min == 50);
  CHECK(p.cpu.max == 4000);
  CHECK(p.cpu.headroom_absolute == 10);
  CHECK(p.cpu.limit == limit_strategy::multiple);
  CHECK(p.memory.percentile == 1.0);
  CHECK(p.memory.max == int64_t{2} << 30);
  CHECK(p.containers.at(0).off);
  CHECK(p.increase == update_mode::in_place);
  CHECK(p.decrease == update_mode::on_create);
  CHECK(p.increase_windows.at(0) == schedule_window{0x60, 22h, 24h, "Europe/Berlin"});
  CHECK(p.minimum_history == 24h);
  CHECK_FALSE((p.oom_healing || p.burst_healing || p.season));
  CHECK(p.disturb_single_replica);
  CHECK(p.cool_down == 1h);
}

TEST_CASE("a container's settings are its policy's where it has none, but for the bounds") {
  auto p = read<policy>(policy_with(R"(
  cpu: {window: 4d, min: 50m}
  containers:
  - name: app
    cpu: {percentile: 0.99}
)"))
             .spec;
  auto& cpu = p.containers.at(0).cpu;
  REQUIRE(cpu);
  CHECK(cpu->percentile == 0.99);
  CHECK(cpu->window == 96h);
  CHECK_FALSE(cpu->min);
}

TEST_CASE("a wrong value is named with its path and what is allowed") {
  auto [spec, expected] = GENERATE(table<const char*, const char*>(
    {{"  cpu: {percentile: 130}\n",
      "spec.cpu.percentile: 130 is not within 0 < x <= 1 (as a fraction: 0.95 is the 95th "
      "percentile)"},
     {"  cpu: {percentile: 0}\n",
      "spec.cpu.percentile: 0 is not within 0 < x <= 1 (as a fraction: 0.95 is the 95th "
      "percentile)"},
     {"  cpu: {percentile: high}\n", "spec.cpu.percentile: \"high\" is not a number"},
     {"  cpu: {percentile: .nan}\n", "spec.cpu.percentile: \".nan\" is not a number"},
     {"  cpu: {min: 1Q}\n",
      "spec.cpu.min: \"1Q\" has an unknown suffix (use n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, "
      "Pi, Ei)"},
     {"  memory: {max: -1}\n", "spec.memory.max: -1 is negative or too large"},
     {"  memory: {min: 2Gi, max: 1Gi}\n", "spec.memory.max: is below min"},
     {"  memory: {min: true}\n", "spec.memory.min: true is not a quantity such as 250m or 128Mi"},
     {"  cpu: []\n", "spec.cpu: a list is not a mapping"},
     {"  cpu: {window: 5}\n", "spec.cpu.window: 5 is not a text"},
     {"  cpu: {window: 5m}\n",
      "spec.cpu.window: \"5m\" is not a duration from 1h to 90d (such as 90s, 1h30m or 14d)"},
     {"  cpu: {percentil: 0.9}\n",
      "spec.cpu.percentil: unknown field; the nearest is \"percentile\""},
     {"  oomHealing: yes\n", "spec.oomHealing: \"yes\" is not true or false"},
     {"  increaseMode: inplace\n",
      "spec.increaseMode: \"inplace\" is not one of Never, OnCreate, InPlace, Recreate; the "
      "nearest is \"InPlace\""},
     {"  containers: [{off: true}]\n", "spec.containers[0].name: is missing"},
     {"  containers: [app]\n", "spec.containers[0]: \"app\" is not a mapping"},
     {"  increaseWindows: [{days: [Monday]}]\n",
      "spec.increaseWindows[0].days[0]: \"Monday\" is not one of Mon, Tue, Wed, Thu, Fri, Sat, "
      "Sun"},
     {"  increaseWindows: [{from: \"24:01\"}]\n",
      "spec.increaseWindows[0].from: \"24:01\" is not a time of day from 00:00 to 24:00"},
     {"  increaseWindows: [{timeZone: \"\"}]\n",
      "spec.increaseWindows[0].timeZone: \"\" is not an IANA time zone such as UTC or "
      "Europe/Berlin"}}));
  CHECK(only_problem(policy_with(spec)) == expected);
}

TEST_CASE("all problems are told at once, up to a limit") {
  CHECK(
    problems(policy_with("  cpu: {percentile: 2, headroom: -1}\n  aggressiveness: 2\n")).size() ==
    3);
  std::string many = "  containers:\n";
  for (int i = 0; i < 100; ++i)
    many += "  - {off: 1}\n";
  CHECK(problems(policy_with(many)).size() == 20);
}

TEST_CASE("documents that are none of ours are refused") {
  CHECK(only_problem("kind: Policy") == "apiVersion: is missing");
  CHECK(only_problem("apiVersion: v1\nkind: Policy") ==
        "apiVersion: \"v1\" is not analysis.scaleops.sh/v1alpha1");
  CHECK(only_problem("apiVersion: analysis.scaleops.sh/v1alpha1\nkind: Polcy") ==
        "kind: \"Polcy\" is none of ours; the nearest is Policy");
  CHECK(only_problem("[]") == "the document: a list is not a mapping");
  CHECK(only_problem("") == "the document is empty");
  CHECK(only_problem("a: 1\n---\nb: 2\n") == "line 2: a second document, one is wanted");
  CHECK(only_problem("{\"kind\": }").starts_with("no JSON: goes wrong at byte 10"));
  CHECK(only_problem("a: [\n").starts_with("no YAML: line 2"));
  CHECK(only_problem("{\"kind\": \"x\", \"kind\": \"y\"}") ==
        "\"kind\" is given twice in one mapping");
  CHECK(only_problem("a: 1\na: 2\n") == "line 2: a key is given twice");
  CHECK(only_problem(std::string(5 << 20, ' ')).ends_with("more than 4194304"));
}

TEST_CASE("a small text cannot become a huge or an endless document") {
  CHECK(only_problem("a: &x [1]\nb: *x\n") == "line 2: an alias: write the value out");
  CHECK(only_problem("a: " + std::string(100, '[') + std::string(100, ']'))
          .ends_with("nested too deeply"));
  CHECK(only_problem(std::string(100'000, '[')).size() < 100);
  CHECK(only_problem("{}]").starts_with("no JSON"));
  CHECK(only_problem("a: 1\n}\n").find("line") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "{\"a\":";
  CHECK(only_problem(deep).starts_with("no JSON"));
}

TEST_CASE("plain words of YAML have their core meaning, quoted ones are texts") {
  auto p = read<policy>(policy_with(
    "  description: 'true'\n  season: False\n  cpu: {percentile: 1, max: ~, min: 5}\n"));
  CHECK(p.spec.description == "true");
  CHECK_FALSE(p.spec.season);
  CHECK_FALSE(p.spec.cpu.max);
  CHECK(p.spec.cpu.min == 5000);
  CHECK(only_problem(policy_with("  description: true\n")) ==
        "spec.description: true is not a text");
  CHECK(only_problem(policy_with("  season: 'true'\n")) ==
        "spec.season: \"true\" is not true or false");
  CHECK(only_problem(policy_with("  aggressiveness: 0x1\n")) ==
        "spec.aggressiveness: \"0x1\" is not a number");
  CHECK(only_problem("? [a]\n: 1\n") == "line 1: a key is not a plain word");
}

TEST_CASE("what the API server adds to metadata is no error, a mistyped field is") {
  auto text =
    R"({"apiVersion": "analysis.scaleops.sh/v1alpha1", "kind": "PolicyRule", "metadata": {"name": "r",
    "namespace": "scaleops-system", "uid": "u", "resourceVersion": "123", "generation": 4,
    "creationTimestamp": "2026-01-05T12:00:00Z", "managedFields": [{}], "finalizers": ["x"], "deletionTimestamp": null,
    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": "d", "uid": "v", "controller": true,
    "blockOwnerDeletion": true}]}, "spec": {"policy": "batch", "priority": -3, "selector": {"kinds": ["Job"],
    "labels": {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["gold"]}]}}}})";
  auto rule = read<policy_rule>(text);
  CHECK(rule.meta.resource_version == 123);
  CHECK(rule.meta.generation == 4);
  CHECK_FALSE(rule.meta.deleted);
  CHECK(rule.meta.owners.at(0).name == "d");
  CHECK(rule.spec.priority == -3);
  CHECK(rule.spec.selector.labels.expressions.at(0).operation == label_requirement::op::not_in);
  std::string wrong = text;
  wrong.replace(wrong.find("finalizers"), 10, "finalizer");
  CHECK(only_problem(wrong).starts_with("metadata.finalizer: unknown field"));
}

TEST_CASE("a rule needs a policy and requirements that make sense") {
  auto rule = [](const std::string& spec) {
    return "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: PolicyRule\nmetadata: {name: "
           "r}\nspec: " +
           spec;
  };
  CHECK(only_problem(rule("{priority: 1}")) == "spec.policy: is missing");
  CHECK(only_problem(rule("{policy: x, priority: 1.5}"))
          .starts_with("spec.priority: 1.5 is not a whole number"));
  CHECK(only_problem(rule("{policy: x, priority: 3000000000}"))
          .starts_with("spec.priority: 3000000000 is not"));
  CHECK(only_problem(
          rule("{policy: x, selector: {labels: {matchExpressions: [{key: a, operator: In}]}}}")) ==
        "spec.selector.labels.matchExpressions[0].values: is empty: In and NotIn need values");
  CHECK(only_problem(rule("{policy: x, selector: {annotations: {a: 1}}}")) ==
        "spec.selector.annotations.a: 1 is not a text (put it in quotes)");
}

TEST_CASE("a recommendation's workload lives in its own namespace") {
  auto r = read<recommendation>(R"(
apiVersion: analysis.scaleops.sh/v1alpha1
kind: Recommendation
metadata: {name: deployment-web, namespace: shop}
spec:
  target: {kind: Deployment, name: web}
  automation: {grantedBy: anna, grantedAt: "2026-01-05T12:00:00Z"}
status:
  revision: "18446744073709551615"
  containers:
  - name: app
    target: {requests: {cpu: 250m, memory: 128Mi}}
    reasons: [{resource: memory, code: oom-kill, value: 1.5, reference: 1e9}]
)");
  CHECK(r.target == workload_ref{"shop", "Deployment", "web"});
  CHECK(r.status.workload == r.target);
  CHECK(r.automation->granted_by == "anna");
  CHECK(r.status.revision == UINT64_MAX);
  CHECK(r.status.containers.at(0).target.requests.memory == 134217728);
  CHECK(r.status.containers.at(0).reasons.at(0) ==
        reason{resource_kind::memory, reason_code::oom_kill, 1.5, 1e9});
}

TEST_CASE("a grant without its author or time is no grant") {
  auto with = [](const std::string& grant) {
    return "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: AutomatedNamespace\nmetadata: {name: "
           "shop}\nspec: "
           "{automation: " +
           grant + "}\n";
  };
  CHECK(only_problem(with("{grantedAt: \"2026-01-05T12:00:00Z\"}")) ==
        "spec.automation.grantedBy: is missing");
  CHECK(only_problem(with("{grantedBy: \"\", grantedAt: \"2026-01-05T12:00:00Z\"}"))
          .starts_with("spec.automation.grantedBy: \"\" is not a text"));
  CHECK(only_problem(with("{grantedBy: anna}")) == "spec.automation.grantedAt: is missing");
  CHECK(only_problem(with("{grantedBy: anna, grantedAt: yesterday}")) ==
        "spec.automation.grantedAt: \"yesterday\" is not a time such as 2026-01-05T12:00:00Z");
  CHECK(only_problem(
          "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: AutomatedNamespace\nmetadata: {name: "
          "shop}\nspec: {}\n") == "spec.automation: is missing");
}

TEST_CASE("a grouping names a label or an owner kind, not both and not neither") {
  auto with = [](const std::string& spec) {
    return "apiVersion: analysis.scaleops.sh/v1alpha1\nkind: CustomOwnerGrouping\nmetadata: {name: "
           "g}\nspec: " +
           spec;
  };
  CHECK(read<custom_owner_grouping>(with("{label: app}")).kind == "Group");
  CHECK(only_problem(with("{}")) == "spec.label: give either label or ownerKind");
  CHECK(only_problem(with("{label: a, ownerKind: B}")) ==
        "spec.label: give either label or ownerKind");
}

TEST_CASE("every kind has its plural and its scope") {
  CHECK(crd::plural_of(object_kind::policy) == "policies");
  CHECK(crd::plural_of(object_kind::pod) == "");
  CHECK(crd::is_cluster_scoped(object_kind::automated_namespace));
  CHECK_FALSE(crd::is_cluster_scoped(object_kind::recommendation));
}
