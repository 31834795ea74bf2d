#include "actors/updater/logic/pod_planner.hpp"

#include <algorithm>
#include <cmath>

#include "actors/common/logic/owner_guess.hpp"
#include "actors/common/logic/stamps.hpp"

namespace scaleops {

namespace {

objection because(refusal why, std::string detail) {
  return std::pair{why, std::move(detail)};
}

/// Judges one pod, step by step; each step may end it.
class judge {
public:
  judge(const workload_situation& situation, const std::shared_ptr<const pod>& target,
        const plan_inputs& in, update_plan& out)
      : situation_{situation}, target_{target}, in_{in}, out_{out} {
    auto found = in.memory.pods.find(target->meta.uid);
    if (found != in.memory.pods.end())
      memory_ = &found->second;
  }

  pod_verdict run() {
    changes_ = wanted_changes();
    if (changes_.empty())
      return pending() ? escalate_pending() : std::move(verdict_);
    keep_allowed();
    if (kept_.empty())
      return refuse(first_drop_.first, first_drop_.second);
    // One resize with all of it rather than two: the live use will be known in a moment.
    if (measuring_ &&
        std::none_of(kept_.begin(), kept_.end(), [](auto& change) { return change.urgent; }))
      return refuse(refusal::live_memory, "the live use is not known yet");
    return decide();
  }

private:
  /// About the changes that were kept.
  pod_verdict decide() {
    if (!situation_.reverting && std::none_of(kept_.begin(), kept_.end(), [&](auto& change) {
          return worthwhile(change, in_.rules);
        }))
      return refuse(refusal::below_threshold, "too small a change");
    compose();
    if (after_ == target_->containers)
      return std::move(verdict_);
    if (auto hard = bound_refusal(situation_, *target_, after_, in_))
      return or_the_rest([&] { return refuse(hard->first, hard->second); });
    auto why = in_place_problem();
    if (!why)
      return resize();
    auto elsewhere = [&] { return instead_of_resize(*why); };
    return why->first == refusal::node_room ? or_the_rest(elsewhere) : elsewhere();
  }

  /// Where node or quota lack room for one resource, and a restart elsewhere is refused or not due
  /// yet, the other one need not wait.
  template <class Whole>
  pod_verdict or_the_rest(Whole judge_whole) {
    auto before = verdict_;
    auto all = kept_;
    auto whole = judge_whole();
    if (whole.is == pod_verdict::what::wished)
      return whole;
    for (auto lacking : both_resources) {
      kept_ = all;
      auto dropped =
        std::erase_if(kept_, [&](auto& change) { return change.kind == lacking && change.grows; });
      if (dropped == 0 || kept_.empty())
        continue;
      verdict_ = before;
      auto rest = decide();
      if (rest.is != pod_verdict::what::wished || rest.wish.action != update_action::resize)
        continue;
      rest.blocked = rest.waits = true;
      return rest;
    }
    return whole;
  }

  std::vector<resource_change> wanted_changes() const {
    if (situation_.reverting) {
      auto origin = origin_of(target_->meta);
      return origin ? changes_back(*target_, *origin) : std::vector<resource_change>{};
    }
    return changes_to(*target_, *situation_.decision, *situation_.policy, situation_.bounds);
  }

  bool pending() const {
    using reason = resize_status::pending_reason;
    auto& resize = target_->resize;
    return !situation_.reverting &&
           (resize.pending != reason::none || (resize.in_progress && resize.error));
  }

  // ---- which parts of the change are allowed ----

  void keep_allowed() {
    for (auto change : changes_) {
      auto why = drop_reason(change);
      if (why.first == refusal::none)
        kept_.push_back(change);
      else if (first_drop_.first == refusal::none || first_drop_.first == refusal::below_threshold)
        first_drop_ = std::move(why);
    }
  }

  std::pair<refusal, std::string> drop_reason(resource_change& change) {
    auto& policy = *situation_.policy;
    if (!in_.gate.grow || (!change.grows && !in_.gate.shrink))
      return {in_.gate.why, in_.gate.detail};
    if (!situation_.reverting) {
      auto mode = change.grows ? policy.increase : policy.decrease;
      if (mode == update_mode::never || mode == update_mode::on_create)
        return {refusal::mode, "the policy leaves running pods alone"};
      if (!change.grows && change.confidence < in_.rules.min_confidence)
        return {refusal::below_threshold, "too little history to shrink"};
    }
    if (runs_to_end(situation_.ref.kind) && !change.urgent)
      return {refusal::job, "a run is not disturbed"};
    if (!change.urgent && !(change.grows ? situation_.increase_open : situation_.decrease_open))
      return {refusal::outside_schedule,
              change.grows ? "no increase window is open" : "no decrease window is open"};
    if (!change.urgent && situation_.owner && situation_.owner->rolling_out())
      return {refusal::rollout_in_progress, "a rollout is in progress"};
    if (change.kind == resource_kind::memory)
      return keep_above_use(change);
    return {refusal::none, {}};
  }

  /// Raises a memory decrease to what is in use plus margin; drops it when that leaves nothing, or
  /// use is not known.
  std::pair<refusal, std::string> keep_above_use(resource_change& change) {
    auto shrinks = [](const std::optional<int64_t>& from, const std::optional<int64_t>& to) {
      return from && to && *to < *from;
    };
    if (!shrinks(change.request_from, change.request_to) &&
        !shrinks(change.limit_from, change.limit_to))
      return {refusal::none, {}};
    auto& name = target_->containers[change.container].name;
    auto used = in_.memory.usage.find({target_->meta.ns, target_->meta.name});
    bool fresh =
      used != in_.memory.usage.end() && in_.now - used->second.at <= in_.rules.oldest_usage;
    if (!fresh) {
      if (!target_->node.empty() && !held_back() && worth_asking(target_->node)) {
        out_.measure.insert(target_->node);
        measuring_ |= !in_.memory.unmeasured.contains(target_->node);
      }
      verdict_.waits = true;
      return {refusal::live_memory, "the live use is not known yet"};
    }
    if (!used->second.working_set.contains(name))
      return {refusal::live_memory, "the live use of " + name + " is not known"};
    auto use = used->second.working_set.at(name);
    auto floor = int64_t(std::llround(double(use) * (1 + in_.rules.memory_margin)));
    for (auto [from, to] : {std::pair{&change.request_from, &change.request_to},
                            {&change.limit_from, &change.limit_to}})
      if (shrinks(*from, *to))
        *to = std::clamp(floor, **to, std::max(**from, **to));
    if (!shrinks(change.request_from, change.request_to) &&
        !shrinks(change.limit_from, change.limit_to) && change.request_from == change.request_to &&
        change.limit_from == change.limit_to)
      return {refusal::live_memory, "in use: " + format_memory_words(use)};
    if (change.request_from && change.request_to && *change.request_from > 0)
      change.relative =
        std::abs(double(*change.request_to - *change.request_from)) / double(*change.request_from);
    return {refusal::none, {}};
  }

  static std::string format_memory_words(int64_t bytes) {
    return std::to_string(bytes >> 20) + "Mi";
  }

  /// A node that has just answered without this pod (it is starting, or restarting) is asked again
  /// later: asking at once would give the same answer at the same moment, for ever.
  bool worth_asking(const std::string& node) const {
    auto found = in_.memory.asked.find(node);
    return found == in_.memory.asked.end() || in_.now - found->second >= in_.rules.oldest_usage / 2;
  }

  /// Nothing can be done soon: no need to measure.
  bool held_back() const {
    auto found = in_.memory.workloads.find(situation_.ref);
    return found != in_.memory.workloads.end() && found->second.hold_until > in_.now;
  }

  // ---- in place ----

  void compose() {
    after_ = with_changes(target_->containers, kept_);
    for (auto& container : after_)
      lift_limits(container.resources);
    qos_kept_ = keep_qos(target_->containers, after_);
    auto& wish = verdict_.wish;
    wish.grows = wish.urgent = wish.disruptive = outside_ = false;
    wish.score = 0;
    wish.containers.clear();
    double largest = -1;
    for (auto& change : kept_) {
      wish.grows |= change.grows;
      wish.urgent |= change.urgent;
      wish.disruptive |= change.restarts;
      wish.score += change.relative;
      outside_ |= change.outside;
      if (change.relative > largest) {
        largest = change.relative;
        wish.container = target_->containers[change.container].name;
        wish.before = target_->containers[change.container].resources;
        wish.after = after_[change.container].resources;
      }
    }
    for (size_t i = 0; i < after_.size(); ++i)
      if (after_[i].resources != target_->containers[i].resources)
        wish.containers.push_back({after_[i].name, after_[i].resources});
    wish.detail = describe(*target_, kept_);
  }

  objection in_place_problem() const {
    if (!in_.rules.in_place)
      return because(refusal::infeasible, "the cluster cannot resize in place");
    if (!qos_kept_)
      return because(refusal::qos_change, "the QoS class would change");
    if (memory_ && !memory_->infeasible.empty() && memory_->infeasible == named(after_) &&
        memory_->infeasible_node == target_->node)
      return because(refusal::infeasible, "the node refused this size before");
    return room_refusal(*target_, after_, {}, in_);
  }

  pod_verdict resize() {
    auto& wish = verdict_.wish;
    wish.action = update_action::resize;
    if (!wish.urgent) {
      if (!target_->ready)
        return refuse(refusal::not_ready, "the pod is not ready");
      if (memory_ && in_.now - memory_->last_resize < in_.rules.resize_gap)
        return refuse(refusal::cool_down, "resized a moment ago");
    }
    if (auto held = hold(wish.urgent))
      return refuse(held->first, held->second);
    if (wish.disruptive) {
      if (auto why = disruption_refusal(situation_, *target_, in_, {}))
        return without_restarts(*why);
    }
    return wished();
  }

  /// What restarts nothing need not wait for what does.
  pod_verdict without_restarts(const std::pair<refusal, std::string>& why) {
    verdict_.waits = true;
    if (std::erase_if(kept_, [](auto& change) { return change.restarts; }) == 0 || kept_.empty())
      return refuse(why.first, why.second);
    auto rest = decide();
    return rest.is == pod_verdict::what::wished ? rest : refuse(why.first, why.second);
  }

  /// The workload rests; healing in place passes all but a fight.
  objection hold(bool urgent) const {
    auto found = in_.memory.workloads.find(situation_.ref);
    if (found == in_.memory.workloads.end() || found->second.hold_until <= in_.now)
      return std::nullopt;
    if (urgent && found->second.hold_why != refusal::fight)
      return std::nullopt;
    return because(found->second.hold_why, found->second.hold_detail);
  }

  // ---- eviction instead ----

  pod_verdict instead_of_resize(const std::pair<refusal, std::string>& why) {
    verdict_.blocked = true;
    verdict_.waits = true;
    bool at_once = why.first == refusal::qos_change || !in_.rules.in_place;
    // A decrease is never worth a restart where a resize could do it later.
    if (!verdict_.wish.grows && !at_once)
      return refuse(why.first, why.second);
    auto since = memory_ && memory_->blocked_since ? *memory_->blocked_since : in_.now;
    auto patience = at_once || (why.first == refusal::infeasible && verdict_.wish.urgent)
                      ? milliseconds{0}
                    : verdict_.wish.urgent || outside_ || why.first == refusal::infeasible
                      ? in_.rules.deferred_urgent
                      : in_.rules.deferred_other;
    if (in_.now - since < patience)
      return refuse(why.first, why.second);
    return evict(why);
  }

  /// The wish stands in the pod, but the kubelet has put it off.
  pod_verdict escalate_pending() {
    using reason = resize_status::pending_reason;
    auto& resize = target_->resize;
    bool infeasible = resize.pending == reason::infeasible;
    auto why =
      std::pair{infeasible ? refusal::infeasible : refusal::deferred,
                resize.message.empty() ? std::string("put off by the node") : resize.message};
    auto& wish = verdict_.wish;
    for (size_t i = 0; i < target_->containers.size() && i < target_->statuses.size(); ++i) {
      auto& spec = target_->containers[i];
      auto& actual = target_->statuses[i].actual;
      for (auto kind : both_resources)
        if (part_of(spec.resources.requests, kind).value_or(0) >
            part_of(actual.requests, kind).value_or(0)) {
          wish.grows = true;
          if (wish.container.empty()) {
            wish.container = spec.name;
            wish.before = actual;
            wish.after = spec.resources;
          }
        }
      for (auto& decided : situation_.decision->containers)
        wish.urgent |= decided.name == spec.name && decided.urgent;
    }
    wish.urgent &= wish.grows;
    wish.score = 1;
    wish.detail = "not granted in place: " + why.second;
    verdict_.waits = true;
    if (!wish.grows || !in_.gate.grow)
      return refuse(why.first, why.second);
    // From this attempt on, not from when some earlier one was put off.
    auto since = std::max({resize.since, in_.started, memory_ ? memory_->last_resize : instant{}});
    auto patience = infeasible    ? (wish.urgent ? milliseconds{0} : in_.rules.deferred_urgent)
                    : wish.urgent ? in_.rules.deferred_urgent
                                  : in_.rules.deferred_other;
    if (in_.now - since < patience)
      return refuse(why.first, why.second);
    after_ = target_->containers;
    return evict(why);
  }

  pod_verdict evict(const std::pair<refusal, std::string>& why) {
    auto& wish = verdict_.wish;
    auto mode = wish.grows ? situation_.policy->increase : situation_.policy->decrease;
    if (mode != update_mode::recreate || situation_.reverting)
      return refuse(why.first, why.second);
    if (!fits_some_node(*target_, after_, in_))
      return refuse(refusal::node_room, "no node has room for the new size");
    wish.action = update_action::evict;
    wish.disruptive = true;
    if (auto refused = disruption_refusal(situation_, *target_, in_, {}))
      return refuse(refused->first, refused->second);
    return wished();
  }

  // ---- verdicts ----

  /// Whose wish it is: only where somebody will read it, because most pods are as they should be.
  void sign() {
    auto& wish = verdict_.wish;
    wish.workload = situation_.ref;
    wish.target = target_;
    wish.revision = situation_.decision ? situation_.decision->revision : 0;
    wish.policy = situation_.decision ? situation_.decision->policy : "";
    wish.cool_down = situation_.policy->cool_down;
    wish.min_ready = situation_.owner ? situation_.owner->min_ready : milliseconds{};
    wish.reverts = situation_.reverting;
  }

  pod_verdict wished() {
    sign();
    verdict_.is = pod_verdict::what::wished;
    verdict_.waits = true;
    return std::move(verdict_);
  }

  pod_verdict refuse(refusal why, std::string detail) {
    sign();
    verdict_.is = pod_verdict::what::refused;
    verdict_.why = why;
    verdict_.detail = std::move(detail);
    verdict_.waits |= why != refusal::below_threshold && why != refusal::mode;
    return std::move(verdict_);
  }

  const workload_situation& situation_;
  const std::shared_ptr<const pod>& target_;
  const plan_inputs& in_;
  update_plan& out_;
  const pod_memory* memory_ = nullptr;
  pod_verdict verdict_;
  std::vector<resource_change> changes_, kept_;
  std::pair<refusal, std::string> first_drop_{refusal::none, {}};
  std::vector<container_spec> after_;
  bool qos_kept_ = true;
  bool measuring_ = false;  // live use that is needed will be known soon
  bool outside_ = false;
};

}  // namespace

pod_verdict judge_pod(const workload_situation& situation, const std::shared_ptr<const pod>& target,
                      const plan_inputs& in, update_plan& out) {
  return judge{situation, target, in, out}.run();
}

}  // namespace scaleops
