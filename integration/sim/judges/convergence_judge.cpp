// After the faults have stopped, the platform comes to itself: the gate opens, every workload has a
// fresh recommendation, and every granted pod gets what is recommended, unless the cluster would
// refuse it.
#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "actors/common/logic/target.hpp"
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"
#include "runtime/embedded/limits.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::sim {

namespace {

constexpr milliseconds recovery = std::chrono::minutes{30};  // until the gate must be open
constexpr milliseconds patience = std::chrono::minutes{75};  // of a pod that should change

class convergence_judge final : public judge {
public:
  explicit convergence_judge(const court& in) : judge{"convergence", in} {}

  void on_pod(const pod_change& change) override {
    if (resized(change))
      off_since_.erase(change.after->meta.uid);  // it moves
    else if (!change.after)
      off_since_.erase(change.before->meta.uid);
  }

  void on_minute() override {
    if (in_.calm_for() < recovery) {
      off_since_.clear();
      return;
    }
    check_gate();
    check_leases();
    in_.cluster.each_pod([&](const pod& value) { check_pod(value); });
  }

private:
  template <class T>
  const T* find(object_kind kind, std::string_view ns, std::string_view name) const {
    auto at = in_.cluster.state().store.find(kind, ns, name);
    return at ? &at->as<T>() : nullptr;
  }

  bool paused() const {
    auto* home =
      find<namespace_object>(object_kind::namespace_object, {}, labels::system_namespace);
    return home && home->meta.annotations.contains(std::string(labels::updates_paused));
  }

  void check_gate() {
    auto* report =
      find<health_report>(object_kind::health_report, labels::system_namespace, "latest");
    if (!report)
      return blame("there is no HealthReport");
    if (in_.cluster.now() - report->at > std::chrono::minutes{5})
      blame("the HealthReport is old: " + format_rfc3339(report->at));
    if (report->gate_open) {
      shut_for_ = 0;
      return;
    }
    // A round or two may be unlucky; more are not.
    if (++shut_for_ < 10)
      return;
    for (auto& check : report->checks)
      if (check.result == check_result::fail)
        return blame("the gate is shut: " + check.name + ": " + check.detail);
    blame("the gate is shut");
  }

  void check_leases() const {
    for (auto name : {"scaleops-agent", "scaleops-updater"}) {
      auto* held = find<lease>(object_kind::lease, labels::system_namespace, name);
      if (!held || in_.cluster.now() - held->renewed > 2 * held->duration)
        blame(std::string("nobody holds lease ") + name);
    }
  }

  void check_pod(const pod& value) {
    auto owner = in_.cluster.workload_of(value);
    bool runs = value.phase == pod_phase::running && value.ready && !value.meta.deleted;
    if (!runs || is_canary(owner) || in_.cluster.now() - value.ready_since < recovery)
      return;
    auto* wish = find<recommendation>(object_kind::recommendation, owner.ns, owner.object_name());
    auto& cfg = in_.config.platform.recommender;
    if (!wish || wish->status.containers.empty())
      return blame("nothing is recommended for " + owner.to_string());
    auto age = in_.cluster.now() - wish->status.decided_at;
    if (age > cfg.status_interval + cfg.decide_interval + std::chrono::minutes{10})
      blame(fmt::format("the recommendation for {} is {} s old", owner.to_string(),
                        age.count() / 1000));
    auto why = what_is_wrong(value, owner, *wish);
    if (why.empty()) {
      off_since_.erase(value.meta.uid);
      return;
    }
    auto [since, fresh] = off_since_.try_emplace(value.meta.uid, in_.facts.now());
    if (!fresh && in_.facts.now() - since->second > patience)
      blame(name_of(value) + " stays as it is: " + why);
  }

  /// In what the pod differs from what it should get, and could; empty: in nothing that matters.
  std::string what_is_wrong(const pod& value, const workload_ref& owner,
                            const recommendation& wish) const {
    auto& rules = in_.config.platform.updater.rules;
    auto* top = in_.cluster.find_workload(owner);
    if (!rules.in_place || paused() || !in_.facts.granted(owner) || owner.kind == "Job" ||
        owner.kind == "CronJob" || (top && top->rolling_out()) ||
        value.resize.pending != resize_status::pending_reason::none || value.resize.in_progress)
      return {};
    auto policy = in_.config.platform.updater.policies.find(wish.status.policy);
    if (policy == in_.config.platform.updater.policies.end())
      return {};
    auto wanted = value;
    std::string text;
    for (auto& part : wish.status.containers) {
      auto i = embedded::find_container(value, part.name);
      if (!i || value.containers[*i].role == container_role::init)
        continue;
      for (auto kind : both_resources) {
        auto found = difference(value, *i, part, policy->second, kind);
        if (found.empty())
          continue;
        text = found;
        auto& to = wanted.containers[*i].resources;
        to = with_target(to, part, policy->second, kind);
      }
    }
    if (text.empty() || !possible(value, wanted))
      return {};
    return text;
  }

  /// One container's resource; empty: near enough, or not to be changed.
  std::string difference(const pod& value, size_t i, const container_recommendation& part,
                         const policy_spec& policy, resource_kind kind) const {
    auto& rules = in_.config.platform.updater.rules;
    auto& spec = value.containers[i];
    auto to = with_target(spec.resources, part, policy, kind);
    auto has = part_of(spec.resources.requests, kind), wants = part_of(to.requests, kind);
    auto restart = kind == resource_kind::cpu ? spec.resize_cpu : spec.resize_memory;
    if (!has || !wants || *has == 0 || restart == resize_policy::restart_container)
      return {};
    auto mode = *wants > *has ? policy.increase : policy.decrease;
    bool shrinks = *wants < *has;
    if (mode == update_mode::never || mode == update_mode::on_create ||
        (shrinks && part.confidence < rules.min_confidence))
      return {};
    if (shrinks && kind == resource_kind::memory) {
      auto use = in_.cluster.working_set({value.meta.ns, value.meta.name}, spec.name);
      auto floor = int64_t(double(use) * (1 + rules.memory_margin + 0.1));
      *wants = std::clamp(floor, *wants, *has);
    }
    auto off = std::abs(double(*wants - *has)) / double(*has);
    auto threshold = std::max(rules.up_threshold, rules.down_threshold) *
                     (1 + double(rules.small[kind]) / double(*has));
    if (off < 2 * threshold + 0.1)
      return {};
    return fmt::format("{} has {} of {}, {} are recommended", spec.name, format_amount(kind, *has),
                       to_string(kind), format_amount(kind, *wants));
  }

  /// Would API server and node take it?
  bool possible(const pod& now, pod wanted) const {
    auto& s = in_.cluster.state();
    for (auto& c : wanted.containers)
      lift_limits(c.resources);
    if (!keep_qos(now.containers, wanted.containers.edit()))
      return false;
    if (!embedded::range_violation(wanted, embedded::limit_ranges(s, now.meta.ns)).empty())
      return false;
    auto at = s.store.find(object_kind::pod, now.meta.ns, now.meta.name);
    auto& row = s.pods[at->row];
    if (!embedded::quota_refusal(s, wanted, {row.cpu, row.memory}, embedded::limit_sum(now))
           .empty())
      return false;
    auto home = find<node>(object_kind::node, {}, now.node);
    if (!home || !home->ready)
      return false;
    auto& all = s.nodes[row.node];
    auto after = embedded::effective_requests(wanted);
    auto fits = [](int64_t before, int64_t wish, int64_t others, int64_t room) {
      return wish <= before || others + wish <= room;
    };
    return fits(row.cpu, after.cpu, all.cpu - row.cpu, embedded::or_zero(home->allocatable.cpu)) &&
           fits(row.memory, after.memory, all.memory - row.memory,
                embedded::or_zero(home->allocatable.memory));
  }

  std::map<std::string, truth::felt> off_since_;  // by uid
  int shut_for_ = 0;                              // minutes
};

}  // namespace

std::unique_ptr<judge> make_convergence_judge(const court& in) {
  return std::make_unique<convergence_judge>(in);
}

std::vector<std::unique_ptr<judge>> make_all_judges(const court& in) {
  std::vector<std::unique_ptr<judge>> out;
  for (auto make : {make_grant_judge, make_disruption_judge, make_minimum_judge, make_pace_judge,
                    make_memory_judge, make_room_judge, make_qos_judge, make_checkpoint_judge,
                    make_admission_judge, make_convergence_judge, make_account_judge})
    out.push_back(make(in));
  return out;
}

}  // namespace scaleops::sim
