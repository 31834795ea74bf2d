// May the platform change this workload's pods, and on whose word?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "messages/objects.hpp"

namespace scaleops {

enum class grant_source : uint8_t {
  none,
  forced,              // scaleops.sh/force-auto on the workload or its namespace
  workload_grant,      // Recommendation.spec.automation
  namespace_grant,     // AutomatedNamespace
  default_annotation,  // scaleops.sh/default-rightsize-auto
};
std::string_view to_string(grant_source source);

enum class grant_denial : uint8_t { none, system_namespace, excluded, not_granted };

struct grant_answer {
  bool granted = false;
  grant_denial why = grant_denial::not_granted;  // none when granted
  grant_source source = grant_source::none;
  std::string by;      // who granted it; empty for annotations
  instant since{};     // when; zero for annotations
  std::string detail;  // one clause for people
};

/// What speaks for or against automation. Null: there is none.
struct grant_inputs {
  std::string_view ns;
  const workload* owner = nullptr;
  const pod* instance = nullptr;  // the pod in question; its labels come from the template
  const namespace_object* space = nullptr;
  const recommendation* wish = nullptr;
  const automated_namespace* automated = nullptr;
};

/// Namespaces that are never touched, whoever asks.
bool is_system_namespace(std::string_view ns);

/// The object's own labels or annotations exclude it.
bool says_exclude(const metadata& meta);

/// Exclusion wins over force, force over a grant, a grant over the default annotation. Unclear
/// values count against us: exclude-automation excludes unless it says "false", the others grant
/// only when they say "true". A grant without an author is none.
grant_answer evaluate_grant(const grant_inputs& inputs);

}  // namespace scaleops
