// The stable names of our enumerations, as they stand in CRDs, metrics and the UI.
#include <array>

#include "messages/admissions.hpp"
#include "messages/component.hpp"
#include "messages/errors.hpp"
#include "messages/objects.hpp"
#include "messages/recommendation.hpp"
#include "messages/updater.hpp"

namespace scaleops {

namespace {

template <class Enum, size_t Size>
std::string_view pick(const std::array<std::string_view, Size>& names, Enum value) {
  auto index = static_cast<size_t>(value);
  return index < Size ? names[index] : std::string_view{"unknown"};
}

constexpr std::array<std::string_view, 26> reason_names = {
  "no-history", "learning",        "percentile",      "headroom",       "recent-peak",
  "season",     "margin",          "oom-kill",        "leak-suspected", "burst",
  "throttled",  "confidence",      "change-point",    "new-revision",   "policy-min",
  "policy-max", "limit-range-min", "limit-range-max", "quota",          "node-room",
  "live-usage", "hysteresis",      "hpa-guard",       "qos-guard",      "excluded",
  "stale-input"};
static_assert(reason_names.size() == static_cast<size_t>(reason_code::stale_input) + 1);

}  // namespace

std::string_view to_string(ec code) {
  static constexpr std::array<std::string_view, 14> names = {
    "none",        "not-found", "already-exists", "conflict",          "gone",
    "invalid",     "forbidden", "unauthorized",   "too-many-requests", "server-error",
    "unavailable", "timeout",   "infeasible",     "shutting-down"};
  static_assert(names.size() == static_cast<size_t>(ec::shutting_down) + 1);
  return pick(names, code);
}

std::string_view to_string(resource_kind kind) {
  return kind == resource_kind::cpu ? "cpu" : "memory";
}

std::string_view to_string(reason_code code) {
  return pick(reason_names, code);
}

std::optional<reason_code> parse_reason(std::string_view name) {
  for (size_t i = 0; i < reason_names.size(); ++i)
    if (reason_names[i] == name)
      return static_cast<reason_code>(i);
  return std::nullopt;
}

std::string_view to_string(pod_phase phase) {
  static constexpr std::array<std::string_view, 4> names = {"Pending", "Running", "Succeeded",
                                                            "Failed"};
  return pick(names, phase);
}

std::string_view to_string(check_result result) {
  static constexpr std::array<std::string_view, 3> names = {"pass", "warn", "fail"};
  return pick(names, result);
}

std::string_view to_string(object_kind kind) {
  static constexpr std::array<std::string_view, object_kind_count> names = {
    "Pod",
    "Workload",
    "Node",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "LimitRange",
    "ResourceQuota",
    "Namespace",
    "Lease",
    "Event",
    "Policy",
    "PolicyRule",
    "Recommendation",
    "AutomatedNamespace",
    "CustomOwnerGrouping",
    "Checkpoint",
    "HealthReport"};
  return pick(names, kind);
}

std::string_view to_string(component which) {
  static constexpr std::array<std::string_view, 6> names = {
    "agent", "recommender", "admissions", "updater", "dashboards", "healthcheck"};
  return pick(names, which);
}

std::string_view to_string(admission_verdict verdict) {
  static constexpr std::array<std::string_view, admission_verdict_count> names = {
    "patched",           "already-right",  "not-granted",   "excluded",  "system-namespace",
    "no-recommendation", "low-confidence", "unknown-owner", "not-ready", "invalid-pod",
    "would-break",       "unreadable",     "wrong-kind",    "too-large"};
  static_assert(!names.back().empty());
  return pick(names, verdict);
}

std::string_view to_string(update_action action) {
  return action == update_action::resize ? "resize" : "evict";
}

std::string_view to_string(refusal why) {
  static constexpr std::array<std::string_view, 23> names = {"none",
                                                             "not-granted",
                                                             "excluded",
                                                             "gate-closed",
                                                             "paused",
                                                             "below-threshold",
                                                             "cool-down",
                                                             "budget-spent",
                                                             "disruption-budget",
                                                             "do-not-disrupt",
                                                             "single-replica",
                                                             "rollout-in-progress",
                                                             "not-ready",
                                                             "job",
                                                             "mode",
                                                             "outside-schedule",
                                                             "qos-change",
                                                             "node-room",
                                                             "live-memory",
                                                             "infeasible",
                                                             "deferred",
                                                             "api-error",
                                                             "fight"};
  static_assert(names.size() == static_cast<size_t>(refusal::fight) + 1);
  return pick(names, why);
}

}  // namespace scaleops
