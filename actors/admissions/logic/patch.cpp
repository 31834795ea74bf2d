#include "actors/admissions/logic/patch.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "actors/common/logic/stamps.hpp"
#include "actors/common/logic/target.hpp"

namespace scaleops {

namespace {

using verdict = admission_verdict;

admission_response leave(const admission_review& review, verdict why, std::string detail) {
  return {review.uid, why, std::move(detail), {}, {}, {}};
}

/// What was left out on the way, to choose the verdict when nothing remains.
struct omissions {
  bool by_mode = false;
  bool by_confidence = false;
  bool by_policy = false;
};

/// Takes over one resource of the target, if direction, confidence and policy allow.
void take(resource_kind kind, const container_recommendation& wish, const policy_spec& policy,
          const patch_config& config, container_resources& value, omissions& left) {
  auto wanted = with_target(value, wish, policy, kind);
  auto& before = part_of(value.requests, kind);
  auto& after = part_of(wanted.requests, kind);
  bool shrinks = before && after && *after < *before;
  bool grows = after && (!before || *after > *before);
  if ((shrinks && policy.decrease == update_mode::never) ||
      (grows && policy.increase == update_mode::never))
    left.by_mode = true;
  else if (shrinks && wish.confidence < config.min_confidence)
    left.by_confidence = true;
  else
    value = wanted;
}

/// The class that the pod was written with: it may have our patch already, when the API server asks
/// again.
qos_class original_qos(const metadata& meta, const std::vector<container_spec>& now) {
  auto origin = origin_of(meta);
  if (!origin)
    return qos_of(now);
  auto containers = now;
  for (auto& each : containers)
    if (auto found = origin->find(each.name); found != origin->end())
      each.resources = found->second;
  return qos_of(containers);
}

/// A BestEffort pod gets requests only: it becomes Burstable, but nothing can kill or throttle it
/// that could not before.
bool settle_qos(const metadata& meta, const std::vector<container_spec>& before,
                std::vector<container_spec>& after) {
  if (original_qos(meta, before) != qos_class::best_effort)
    return keep_qos(before, after);
  for (size_t i = 0; i < after.size(); ++i)
    after[i].resources.limits = before[i].resources.limits;
  return true;
}

std::optional<std::string> breaks(const admission_review& review,
                                  const admission_snapshot& snapshot,
                                  const std::vector<container_spec>& before,
                                  const std::vector<container_spec>& after) {
  auto bounds = snapshot.view.bounds_of(review.ns);
  if (auto why = limit_violation(bounds, after))
    return why;
  auto requests = pod_requests(after);
  auto old_requests = pod_requests(before);
  if (snapshot.largest_node)
    for (auto kind : both_resources)
      if (requests[kind] > (*snapshot.largest_node)[kind] && requests[kind] > old_requests[kind])
        return "no node has room for " + format_amount(kind, requests[kind]) + " of " +
               std::string(to_string(kind));
  // Where our patch asks for no more than the pod did itself, a full quota is not our doing.
  auto limits = pod_limits(after);
  auto old_limits = pod_limits(before);
  auto more = [](amounts now, const amounts& was) {
    for (auto kind : both_resources)
      if (now[kind] <= was[kind])
        now[kind] = 0;
    return now;
  };
  return snapshot.view.quota_refusal(review.ns, more(requests, old_requests),
                                     more(limits, old_limits));
}

admission_response unchanged(const admission_review& review, const omissions& left) {
  if (left.by_confidence)
    return leave(review, verdict::low_confidence, "not enough history to shrink");
  if (left.by_mode)
    return leave(review, verdict::not_granted, "the policy only recommends");
  if (left.by_policy)
    return leave(review, verdict::excluded, "the policy leaves these containers alone");
  return leave(review, verdict::already_right, "no container needs a change");
}

/// Owner, grant and recommendation stand: what the pod gets.
admission_response patch(const admission_review& review, const admission_snapshot& snapshot,
                         const workload_recommendation& decision, const patch_config& config) {
  auto& before = review.object->containers.get();
  auto after = before;
  auto& policy = snapshot.board.policy_named(decision.policy, snapshot.view);
  auto bounds = snapshot.view.bounds_of(review.ns);
  omissions left;
  bool matched = false;
  std::vector<size_t> touched;
  for (auto& wish : decision.containers) {
    auto index = find_container(after, wish.name);
    if (!index)
      continue;
    matched = true;
    if (left_alone(policy, wish.name)) {
      left.by_policy = true;
      continue;
    }
    auto& value = after[*index].resources;
    for (auto kind : both_resources)
      take(kind, wish, policy, config, value, left);
    if (value != before[*index].resources && !fit_container(bounds, value))
      return leave(review, verdict::would_break,
                   "the namespace's LimitRanges contradict each other");
    touched.push_back(*index);
  }
  if (!matched)
    return leave(review, verdict::no_recommendation,
                 "no container of the pod has a recommendation");
  if (!settle_qos(review.object->meta, before, after))
    return leave(review, verdict::would_break, "the QoS class would change");
  bool differs = after != before;
  if (!differs && (left.by_confidence || left.by_mode || left.by_policy))
    return unchanged(review, left);
  if (differs)
    if (auto why = breaks(review, snapshot, before, after))
      return leave(review, verdict::would_break, *why);
  named_resources applied;
  for (auto index : touched)
    applied.emplace(after[index].name, after[index].resources);
  auto stamps = stamps_for(review.object->meta, {decision.revision, decision.policy, "patched",
                                                 named(before), std::move(applied)});
  if (!differs && stamps.stands_on(review.object->meta))
    return unchanged(review, left);
  admission_response answer{review.uid, verdict::patched,         {},
                            {},         std::move(stamps.labels), std::move(stamps.annotations)};
  for (size_t i = 0; i < after.size(); ++i)
    if (after[i].resources != before[i].resources)
      answer.containers.push_back({after[i].name, after[i].resources});
  answer.detail =
    "revision " + std::to_string(decision.revision) + " of " + decision.workload.to_string();
  return answer;
}

}  // namespace

admission_response decide(const admission_review& review, const admission_snapshot& snapshot,
                          const patch_config& config, instant now) {
  if (!review.object || review.object->containers.empty())
    return leave(review, verdict::invalid_pod, "the review holds no pod with containers");
  if (is_system_namespace(review.ns))
    return leave(review, verdict::system_namespace, "namespace " + review.ns + " is never touched");
  if (!snapshot.complete)
    return leave(review, verdict::not_ready, "the snapshot is not complete yet");
  if (snapshot.lost_since && now - *snapshot.lost_since > config.oldest_snapshot)
    return leave(review, verdict::not_ready, "the snapshot is too old");
  // The review names the namespace; the pod inside may leave it out.
  auto placed = review;
  if (review.object->meta.ns != review.ns) {
    auto copy = *review.object;
    copy.meta.ns = review.ns;
    placed.object = std::make_shared<const pod>(std::move(copy));
  }
  auto ref = snapshot.view.owner(*placed.object);
  if (!ref)
    return leave(review, verdict::unknown_owner, "the pod's owner is not known");
  auto wish = snapshot.view.recommendation_of(*ref);
  auto grant = snapshot.view.grant_of(*ref, placed.object.get(), wish.get());
  if (!grant.granted)
    return leave(review,
                 grant.why == grant_denial::excluded ? verdict::excluded : verdict::not_granted,
                 grant.detail);
  auto decision = snapshot.board.decision_for(*ref, wish);
  if (!decision || decision->containers.empty())
    return leave(review, verdict::no_recommendation,
                 "nothing is recommended for " + ref->to_string());
  if (now - decision->decided_at > config.oldest_recommendation)
    return leave(review, verdict::no_recommendation, "the recommendation is too old");
  return patch(placed, snapshot, *decision, config);
}

}  // namespace scaleops
