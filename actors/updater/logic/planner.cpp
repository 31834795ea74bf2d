#include "actors/updater/logic/planner.hpp"

#include <algorithm>
#include <tuple>

#include "actors/updater/logic/confirmation.hpp"
#include "actors/updater/logic/pod_planner.hpp"

namespace scaleops {

namespace {

/// Puts the wishes of all workloads in order and takes as many as rooms, shares and budgets allow.
class composer {
public:
  composer(const plan_inputs& in, token_bucket& resizes, token_bucket& disruptions)
      : in_{in}, resizes_{resizes}, disruptions_{disruptions} {}

  void consider(const workload_ref& ref) {
    auto& pods = in_.index.pods_of(ref);
    if (pods.empty())
      return;
    auto wish = in_.view.recommendation_of(ref);
    auto decision = in_.board.decision_for(ref, wish);
    auto grant = in_.view.grant_of(ref, nullptr, wish.get());
    bool revert =
      !grant.granted && in_.rules.revert_withdrawn && grant.why != grant_denial::system_namespace;
    if (!grant.granted && !revert) {
      if (decision)
        out_.held[grant.why == grant_denial::excluded ? refusal::excluded : refusal::not_granted] +=
          pods.size();
      return;
    }
    if (!revert && (!decision || decision->containers.empty() ||
                    in_.now - decision->decided_at > in_.rules.oldest_recommendation))
      return;
    auto situation = situation_of(ref, revert ? nullptr : decision, in_);
    situation.reverting = revert;
    bool waits = false;
    for (auto& [name, one] : pods)
      if (changeable(*one))
        waits |= judge_one(situation, one, revert);
    if (waits)
      out_.unsettled.insert(ref);
    situations_.insert_or_assign(ref, std::move(situation));
  }

  update_plan finish() {
    std::vector<pod_wish*> order;
    order.reserve(wishes_.size());
    for (auto& wish : wishes_)
      order.push_back(&wish);
    std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return goes_before(*a, *b); });
    for (auto* wish : order)
      accept(*wish);
    return std::move(out_);
  }

private:
  /// Pods that are going, not placed yet, or being changed already are left for later.
  bool changeable(const pod& one) const {
    return !one.meta.deleted && !one.node.empty() && !in_.memory.flights.contains(one.meta.uid);
  }

  /// True when the pod must be looked at again even if nothing changes.
  bool judge_one(const workload_situation& situation, const std::shared_ptr<const pod>& one,
                 bool revert) {
    // The pod's own metadata may exclude it although its workload is granted.
    if (!revert && says_exclude(one->meta)) {
      ++out_.held[refusal::excluded];
      return false;
    }
    auto verdict = judge_pod(situation, one, in_, out_);
    bool as_it_should_be =
      verdict.is == pod_verdict::what::settled ||
      (verdict.is == pod_verdict::what::refused && verdict.why == refusal::below_threshold);
    if (auto done_already = confirmation_of(situation, one, in_, as_it_should_be)) {
      wishes_.push_back(std::move(*done_already));
      return true;
    }
    if (verdict.blocked)
      out_.blocked.insert(one->meta.uid);
    switch (verdict.is) {
      case pod_verdict::what::settled:
        break;
      case pod_verdict::what::wished:
        wishes_.push_back(std::move(verdict.wish));
        break;
      case pod_verdict::what::refused:
        refuse(std::move(verdict.wish), verdict.why, std::move(verdict.detail));
        break;
    }
    return verdict.waits;
  }

  void accept(pod_wish& wish) {
    if (wish.confirms) {  // takes nothing from anybody
      out_.actions.push_back(std::move(wish));
      return;
    }
    if (auto why = late_refusal(wish)) {
      refuse(std::move(wish), why->first, std::move(why->second));
      return;
    }
    if (!(wish.disruptive ? disruptions_ : resizes_).take(in_.now)) {
      refuse(std::move(wish), refusal::budget_spent,
             "the cluster-wide budget of this minute is spent");
      return;
    }
    auto& planned = planned_[wish.workload];
    if (wish.disruptive)
      planned.away.push_back(wish.target);
    else
      ++planned.resizing;
    if (wish.action == update_action::resize) {
      auto more = pod_requests(resized(wish));
      more -= held_requests(*wish.target);
      more.cpu = std::max<int64_t>(more.cpu, 0);
      more.memory = std::max<int64_t>(more.memory, 0);
      reserved_[wish.target->node] += more;
    }
    out_.actions.push_back(std::move(wish));
  }

  static std::vector<container_spec> resized(const pod_wish& wish) {
    auto after = wish.target->containers;
    for (auto& part : wish.containers)
      if (auto index = find_container(after, part.container))
        after[*index].resources = part.resources;
    return after;
  }

  /// What the plan's own earlier actions forbid.
  std::optional<std::pair<refusal, std::string>> late_refusal(const pod_wish& wish) {
    auto& situation = situations_.at(wish.workload);
    auto& planned = planned_[wish.workload];
    if (wish.disruptive && !all_away().empty())
      if (auto why =
            disruption_refusal(with(situation, planned.away), *wish.target, in_, all_away()))
        return why;
    if (wish.action == update_action::evict)
      return std::nullopt;
    auto most = std::max(1, int32_t(double(situation.replicas.desired) * in_.rules.resize_share));
    if (!wish.disruptive && !wish.urgent && situation.resizing + planned.resizing >= most)
      return std::pair{refusal::budget_spent,
                       std::string("enough pods of the workload are being resized")};
    return room_refusal(*wish.target, resized(wish), reserved_[wish.target->node], in_);
  }

  /// Only pods of the workload itself count against its replicas, but all pods count against the
  /// budgets.
  static workload_situation with(workload_situation situation,
                                 const std::vector<std::shared_ptr<const pod>>& own) {
    situation.replicas.away += int32_t(own.size());
    for (auto& one : own)
      situation.replicas.ready -= one->ready;
    return situation;
  }

  std::vector<std::shared_ptr<const pod>> all_away() const {
    std::vector<std::shared_ptr<const pod>> result;
    for (auto& [ref, planned] : planned_)
      result.insert(result.end(), planned.away.begin(), planned.away.end());
    return result;
  }

  void refuse(pod_wish wish, refusal why, std::string detail) {
    ++out_.held[why];
    out_.refusals.push_back({std::move(wish), why, std::move(detail)});
  }

  struct planned_for {
    std::vector<std::shared_ptr<const pod>> away;
    int32_t resizing = 0;
  };

  const plan_inputs& in_;
  token_bucket& resizes_;
  token_bucket& disruptions_;
  update_plan out_;
  std::vector<pod_wish> wishes_;
  std::map<workload_ref, workload_situation> situations_;
  std::map<workload_ref, planned_for> planned_;
  std::map<std::string, amounts> reserved_;  // by node, by this plan
};

}  // namespace

bool goes_before(const pod_wish& a, const pod_wish& b) {
  // Larger first where the order is reversed, hence b before a in the tuples.
  return std::tie(b.urgent, b.grows, b.score, a.workload, a.target->meta.name) <
         std::tie(a.urgent, a.grows, a.score, b.workload, b.target->meta.name);
}

update_plan make_plan(const plan_inputs& in, const std::set<workload_ref>& only,
                      token_bucket& resizes, token_bucket& disruptions) {
  composer compose{in, resizes, disruptions};
  for (auto& ref : only)
    compose.consider(ref);
  return compose.finish();
}

}  // namespace scaleops
