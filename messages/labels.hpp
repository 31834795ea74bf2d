// Every label and annotation of ours, in one place. The chart's OPA and Kyverno policies permit
// exactly these.
#pragma once

#include <array>
#include <string_view>

namespace scaleops::labels {

inline constexpr std::string_view prefix = "scaleops.sh/";
inline constexpr std::string_view system_namespace = "scaleops-system";
/// Where healthcheck proves by a pod of its own that the webhook works. Learned from by nobody.
inline constexpr std::string_view canary_namespace = "scaleops-canary";
inline constexpr std::string_view api_group = "analysis.scaleops.sh";
inline constexpr std::string_view api_version = "v1alpha1";

// Stamped on pods: labels.
inline constexpr std::string_view managed = "scaleops.sh/managed";
inline constexpr std::string_view applied_recommendation = "scaleops.sh/applied-recommendation";

// Stamped on pods: annotations.
inline constexpr std::string_view admission = "scaleops.sh/admission";
inline constexpr std::string_view applied_policy = "scaleops.sh/applied-policy";
inline constexpr std::string_view origin_resources = "scaleops.sh/origin-resources";
inline constexpr std::string_view last_applied_resources = "scaleops.sh/last-applied-resources";
inline constexpr std::string_view managed_containers = "scaleops.sh/managed-containers";

// Obeyed on workloads and namespaces.
inline constexpr std::string_view default_rightsize_auto = "scaleops.sh/default-rightsize-auto";
inline constexpr std::string_view default_rightsize_policy = "scaleops.sh/default-rightsize-policy";
inline constexpr std::string_view force_auto = "scaleops.sh/force-auto";
inline constexpr std::string_view force_policy = "scaleops.sh/force-policy";
inline constexpr std::string_view exclude_automation = "scaleops.sh/exclude-automation";

// On the system namespace: the switch that stops all updates. The value says who stopped them.
inline constexpr std::string_view updates_paused = "scaleops.sh/updates-paused";

// Other products' wishes that we honour.
inline constexpr std::string_view safe_to_evict = "cluster-autoscaler.kubernetes.io/safe-to-evict";
inline constexpr std::string_view do_not_disrupt = "karpenter.sh/do-not-disrupt";
inline constexpr std::string_view do_not_evict = "karpenter.sh/do-not-evict";

/// What may be stamped on a pod, in the order in which the documents name them.
inline constexpr std::array stamped = {
  managed,          applied_recommendation, admission,         applied_policy,
  origin_resources, last_applied_resources, managed_containers};

}  // namespace scaleops::labels
