// Our own Kubernetes kinds as JSON or YAML documents: strictly read, canonically written.
// Kinds: Policy, PolicyRule, Recommendation, AutomatedNamespace, CustomOwnerGrouping, Checkpoint,
// HealthReport, all of analysis.scaleops.sh/v1alpha1.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "messages/objects.hpp"

namespace scaleops::crd {

/// An object, or everything that is wrong with the document.
struct parsed {
  std::optional<object> value;
  /// Each is one line: field path, what is wrong, what is allowed. Empty when there is a value.
  std::vector<std::string> problems;
};

/// Reads one document: unknown fields, wrong types and values out of range are refused, absent
/// fields get their defaults, null counts as absent. What the API server adds to metadata is
/// skipped.
parsed parse(const nlohmann::json& document);

/// The same from text: JSON, or YAML with one document. Text over 4 MiB is refused.
parsed parse_text(std::string_view text);

/// The document of one of our kinds, with every default spelled out; parse() gives the same object
/// back. Aborts for other kinds: they are not ours to write.
nlohmann::json render(const object& value);

/// "policies", "recommendations", ...: the kind's name in URLs. Empty for kinds that are not ours.
std::string_view plural_of(object_kind kind);

/// Whether objects of the kind stand beside namespaces instead of in one.
bool is_cluster_scoped(object_kind kind);

}  // namespace scaleops::crd
