// Which policy sizes a workload, and why.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "actors/recommender/logic/recommend.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

bool any_glob(const std::vector<std::string>& patterns, std::string_view text) {
  return patterns.empty() || std::any_of(patterns.begin(), patterns.end(),
                                         [&](auto& p) { return glob_match(p, text); });
}

/// A label or an annotation may carry a wish; the annotation wins.
std::string wish_in(const string_map& annotations, const string_map& labels, std::string_view key) {
  std::string name{key};
  if (auto found = annotations.find(name); found != annotations.end() && !found->second.empty())
    return found->second;
  if (auto found = labels.find(name); found != labels.end())
    return found->second;
  return {};
}

bool image_has(const workload_facts& facts, std::string_view word) {
  return std::any_of(facts.containers.begin(), facts.containers.end(), [&](auto& container) {
    return container.role == container_role::main &&
           container.image.find(word) != std::string::npos;
  });
}

/// The class's built-in policy; empty for ordinary workloads.
std::string_view policy_of(workload_class value) {
  switch (value) {
    case workload_class::system:
      return "system";
    case workload_class::java:
      return "java";
    case workload_class::batch:
      return "batch";
    case workload_class::high_replica:
      return "high-replica";
    case workload_class::ordinary:
      break;
  }
  return {};
}

}  // namespace

std::string_view to_string(workload_class value) {
  static constexpr std::array<std::string_view, 5> names = {"ordinary", "system", "java", "batch",
                                                            "high-replica"};
  return names[size_t(value)];
}

bool glob_match(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*')
    ++p;
  return p == pattern.size();
}

workload_class detect_class(const workload_facts& facts) {
  if (facts.ref.ns == "kube-system" || facts.ref.ns == "kube-node-lease" ||
      facts.ref.ns == "kube-public")
    return workload_class::system;
  if (facts.ref.kind == "Job" || facts.ref.kind == "CronJob")
    return workload_class::batch;
  static constexpr std::array<std::string_view, 12> java_images = {
    "openjdk", "temurin", "corretto",      "/jre",  "/jdk",      "-jdk",
    "-jre",    "tomcat",  "elasticsearch", "kafka", "cassandra", "spring"};
  if (std::any_of(java_images.begin(), java_images.end(),
                  [&](auto word) { return image_has(facts, word); }))
    return workload_class::java;
  if (facts.replicas >= 10 && facts.ref.kind != "DaemonSet")
    return workload_class::high_replica;
  return workload_class::ordinary;
}

bool matches(const rule_selector& selector, const workload_facts& facts) {
  if (!any_glob(selector.namespaces, facts.ref.ns) || !any_glob(selector.names, facts.ref.name))
    return false;
  if (!selector.kinds.empty() && std::find(selector.kinds.begin(), selector.kinds.end(),
                                           facts.ref.kind) == selector.kinds.end())
    return false;
  if (!selector.namespace_labels.matches(facts.namespace_labels) ||
      !selector.labels.matches(facts.labels))
    return false;
  for (auto& [key, pattern] : selector.annotations) {
    auto found = facts.annotations.find(key);
    if (found == facts.annotations.end() || !glob_match(pattern, found->second))
      return false;
  }
  return selector.images.empty() ||
         std::any_of(facts.containers.begin(), facts.containers.end(),
                     [&](auto& container) { return any_glob(selector.images, container.image); });
}

const named_rule* first_match(const workload_facts& facts, std::span<const named_rule> rules) {
  const named_rule* best = nullptr;
  for (auto& rule : rules) {
    bool earlier = !best || rule.spec.priority < best->spec.priority ||
                   (rule.spec.priority == best->spec.priority && rule.name < best->name);
    if (earlier && matches(rule.spec.selector, facts))
      best = &rule;
  }
  return best;
}

policy_choice choose_policy(const workload_facts& facts, const policy_map& policies,
                            std::span<const named_rule> rules, const policy_wishes& wishes) {
  policy_choice choice;
  std::string skipped;
  auto take = [&](std::string_view name, const std::string& why) {
    if (name.empty())
      return false;
    auto found = policies.find(name);
    if (found == policies.end()) {
      found = builtin_policies().find(name);
      if (found == builtin_policies().end()) {
        skipped += fmt::format("; {} names the unknown policy \"{}\"", why, name);
        return false;
      }
    }
    choice = {std::string{name}, &found->second, why + skipped};
    return true;
  };
  auto of_workload = [&](std::string_view key) {
    return wish_in(facts.annotations, facts.labels, key);
  };
  auto of_namespace = [&](std::string_view key) {
    return wish_in(facts.namespace_annotations, facts.namespace_labels, key);
  };
  if (take(of_workload(labels::force_policy), "force-policy on the workload") ||
      take(of_namespace(labels::force_policy), "force-policy on the namespace") ||
      take(wishes.workload, "override of the workload"))
    return choice;
  if (auto* rule = first_match(facts, rules))
    if (take(rule->spec.policy,
             fmt::format("rule {} (priority {})", rule->name, rule->spec.priority)))
      return choice;
  if (take(wishes.namespace_, "grant of the namespace") ||
      take(of_workload(labels::default_rightsize_policy),
           "default-rightsize-policy on the workload") ||
      take(of_namespace(labels::default_rightsize_policy),
           "default-rightsize-policy on the namespace"))
    return choice;
  auto detected = detect_class(facts);
  if (take(policy_of(detected), fmt::format("detected as {}", to_string(detected))))
    return choice;
  take("production", "default");
  return choice;
}

}  // namespace scaleops
