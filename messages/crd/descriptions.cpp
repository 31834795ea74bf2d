#include "messages/crd/descriptions.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

namespace scaleops::crd {

namespace {

struct entry {
  std::string_view path;
  std::string_view text;
};

constexpr auto policy_entries = std::to_array<entry>({
  {"spec", "How workloads are sized, and how a change reaches running pods."},
  {"spec.description", "For people."},
  {"spec.cpu", "How this resource is sized."},
  {"spec.cpu.window", "History that counts, 1h to 90d."},
  {"spec.cpu.percentile", "Of usage, as a fraction: 0.95 is the 95th percentile."},
  {"spec.cpu.headroom", "Added share, as a fraction: 0.1 adds 10 %."},
  {"spec.cpu.headroomAbsolute", "Added after the share."},
  {"spec.cpu.min", "Lower bound of the request."},
  {"spec.cpu.max", "Upper bound of the request."},
  {"spec.cpu.limitStrategy", "What happens to a limit when the request changes."},
  {"spec.cpu.limitMultiple",
   "With limitStrategy Multiple: the limit is so many times the request."},
  {"spec.containers", "Settings of containers by name; the first that matches counts."},
  {"spec.containers[].name", "Shell pattern of the container's name."},
  {"spec.containers[].off", "Leave these containers alone."},
  {"spec.containers[].cpu", "Own settings; what is absent is the policy's, but for min and max."},
  {"spec.aggressiveness",
   "0 safest to 1 leanest; 0.5 leaves percentile and headroom as they are given."},
  {"spec.increaseMode",
   "How a larger request reaches pods: Never (recommend only), OnCreate (new pods only), InPlace "
   "(never restart), Recreate (evict where a resize cannot work)."},
  {"spec.decreaseMode", "How a smaller request reaches pods, as increaseMode."},
  {"spec.increaseWindows",
   "When requests may grow; none: always. Healing of OOM kills passes them."},
  {"spec.increaseWindows[].days", "Days of the week on which the window opens."},
  {"spec.increaseWindows[].from", "Time of day, HH:MM."},
  {"spec.increaseWindows[].until", "Time of day; not after `from`: on the next day."},
  {"spec.increaseWindows[].timeZone", "IANA name."},
  {"spec.decreaseWindows", "When requests may shrink; none: always."},
  {"spec.minimumHistory", "Usage needed before anything shrinks."},
  {"spec.oomHealing", "React at once to OOM kills."},
  {"spec.burstHealing", "React at once to sustained bursts."},
  {"spec.season", "Look ahead along the day's and the week's curve."},
  {"spec.disturbSingleReplica", "May a lone replica be evicted."},
  {"spec.coolDown", "Between disruptions of one workload."},
});

constexpr auto policy_rule_entries = std::to_array<entry>({
  {"spec", "Which workloads a policy is for."},
  {"spec.priority", "Lower is asked first; ties by name."},
  {"spec.policy", "Name of the policy."},
  {"spec.selector", "Which workloads: all parts that are given must hold."},
  {"spec.selector.namespaces", "Names or shell patterns of namespaces."},
  {"spec.selector.kinds", "Kinds of owners: Deployment, StatefulSet, …"},
  {"spec.selector.names", "Names or shell patterns of workloads."},
  {"spec.selector.images", "Shell patterns; any container's image."},
  {"spec.selector.annotations", "Exact values, * matches any; of the pod template or the owner."},
  {"spec.selector.labels", "Label selector over the pod template or the owner."},
  {"spec.selector.labels.matchLabels", "Labels with exactly these values."},
  {"spec.selector.labels.matchExpressions", "Requirements that must all hold."},
  {"spec.selector.labels.matchExpressions[].key", "The label."},
  {"spec.selector.labels.matchExpressions[].operator", "How the label relates to the values."},
  {"spec.selector.labels.matchExpressions[].values", "For In and NotIn."},
  {"spec.selector.namespaceLabels", "Label selector over the namespace."},
});

constexpr auto grant_entries = std::to_array<entry>({
  {"spec.policy", "Name of the policy that overrides what rules choose."},
  {"spec.automation", "Who allowed the platform to act, and when. Absent: it only recommends."},
  {"spec.automation.grantedBy",
   "The authenticated user: whoever writes it, or whom the dashboards act for."},
  {"spec.automation.grantedAt", "When it was granted."},
});

constexpr auto recommendation_entries = std::to_array<entry>({
  {"spec", "What people decide about the workload."},
  {"spec.target", "The workload; never changes."},
  {"spec.target.kind", "Deployment, StatefulSet, …"},
  {"spec.target.name", "In the object's own namespace."},
  {"spec.excluded", "A person said: never."},
  {"status", "What the recommender says, and what was last done."},
  {"status.decidedAt", "When it was decided."},
  {"status.policy", "The policy that was applied."},
  {"status.policyReason", "Which rule or detection chose it."},
  {"status.revision", "Rises with every changed target."},
  {"status.inputDigest", "SHA-256 of what the decision was made from."},
  {"status.replicas", "Pods of the workload."},
  {"status.coverage", "Share of the history that is needed."},
  {"status.containers", "One entry a container."},
  {"status.containers[].name", "The container's name."},
  {"status.containers[].current", "In force when decided."},
  {"status.containers[].target", "Recommended; absent parts: leave as they are."},
  {"status.containers[].lower", "A request below this is urgently too small."},
  {"status.containers[].upper", "A request above this is urgently too large."},
  {"status.containers[].confidence", "0 to 1."},
  {"status.containers[].urgent", "Healing: OOM kill, burst or throttling."},
  {"status.containers[].reasons", "Why the numbers are what they are, in order."},
  {"status.containers[].reasons[].resource", "cpu or memory."},
  {"status.containers[].reasons[].code", "What was done to the number."},
  {"status.containers[].reasons[].value",
   "The number after it: millicores, bytes or as the code says."},
  {"status.containers[].reasons[].reference", "What it was compared with."},
  {"status.lastAction", "What was last done to the workload's pods."},
  {"status.lastAction.action", "resize, evict, admit, revert or refuse."},
  {"status.lastAction.detail", "For people."},
  {"status.lastAction.at", "When."},
});

constexpr auto automated_namespace_entries = std::to_array<entry>({
  {"spec", "The grant for the whole namespace."},
});

constexpr auto custom_owner_grouping_entries = std::to_array<entry>({
  {"spec", "Either label or ownerKind."},
  {"spec.label", "Pods with the same value of this label are one workload."},
  {"spec.ownerKind", "Pods owned by the same object of this kind are one workload."},
  {"spec.kind", "Kind that the workload is shown as."},
});

constexpr auto checkpoint_entries = std::to_array<entry>({
  {"spec", "Learned state, for the recommender alone."},
  {"spec.written", "When it was written."},
  {"spec.data", "Versioned Protobuf."},
});

constexpr auto health_report_entries = std::to_array<entry>({
  {"status", "The last round of checks."},
  {"status.gateOpen", "May the updater disrupt pods."},
  {"status.at", "When the round ended."},
  {"status.checks", "One entry a check."},
  {"status.checks[].name", "Which promise was checked."},
  {"status.checks[].result", "pass, warn or fail."},
  {"status.checks[].detail", "What was seen, and what to look at."},
  {"status.checks[].at", "When it was checked."},
});

std::span<const entry> entries_of(object_kind kind) {
  switch (kind) {
    case object_kind::policy:
      return policy_entries;
    case object_kind::policy_rule:
      return policy_rule_entries;
    case object_kind::recommendation:
      return recommendation_entries;
    case object_kind::automated_namespace:
      return automated_namespace_entries;
    case object_kind::custom_owner_grouping:
      return custom_owner_grouping_entries;
    case object_kind::checkpoint:
      return checkpoint_entries;
    case object_kind::health_report:
      return health_report_entries;
    default:
      return {};
  }
}

std::string_view find(std::span<const entry> entries, std::string_view path) {
  auto found = std::find_if(entries.begin(), entries.end(),
                            [&](const entry& one) { return one.path == path; });
  return found == entries.end() ? std::string_view{} : found->text;
}

void replace(std::string& path, std::string_view from, std::string_view to) {
  if (auto at = path.find(from); at != path.npos)
    path.replace(at, from.size(), to);
}

}  // namespace

std::string_view description_of(object_kind kind, std::string_view path) {
  if (auto text = find(entries_of(kind), path); !text.empty())
    return text;
  // What has the same fields as something else.
  std::string like{path};
  if (kind == object_kind::policy) {
    replace(like, ".memory", ".cpu");
    replace(like, "spec.decreaseWindows[]", "spec.increaseWindows[]");
    if (like != "spec.containers[].cpu")
      replace(like, "spec.containers[].cpu", "spec.cpu");
  } else if (kind == object_kind::policy_rule) {
    replace(like, "spec.selector.namespaceLabels.", "spec.selector.labels.");
  } else if (kind == object_kind::recommendation || kind == object_kind::automated_namespace) {
    if (auto text = find(grant_entries, path); !text.empty())
      return text;
    if (like.ends_with(".requests"))
      return "Requests.";
    if (like.ends_with(".limits"))
      return "Limits.";
    if (like.ends_with(".cpu"))
      return "Cores, such as 250m.";
    if (like.ends_with(".memory"))
      return "Bytes, such as 128Mi.";
  }
  return find(entries_of(kind), like);
}

}  // namespace scaleops::crd
