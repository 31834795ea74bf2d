// No action is counted twice or lost: what the updater tells (its record) and what stands on the
// pods agrees with what was done to them, whatever became of the answers.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "actors/common/logic/stamps.hpp"
#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class account_judge final : public judge {
public:
  explicit account_judge(const court& in) : judge{"account", in} {}

  void on_pod(const pod_change& change) override {
    if (is_canary(change.owner) || !change.before)
      return;
    auto& of = accounts_[{change.before->meta.ns, change.before->meta.name}];
    if (resized(change)) {
      ++of.resized;
      of.open = open_resize{in_.facts.now(), change.before->meta.uid, of.resizes_told};
    }
    if (change.evicted) {
      ++of.evicted;
      of.due.push_back(in_.facts.now());
    } else if (!change.after && in_.calm_for() < settled) {
      ++of.gone;  // where an answer was lost, it may be taken for an eviction
    }
  }

  void on_minute() override {
    if (auto killed = in_.killed(component::updater); killed != killed_) {
      killed_ = killed;
      after_ = 0;
      forgive();
    }
    read_record();
    if (in_.calm_for() < settled)
      return;
    for (auto& [ref, of] : accounts_) {
      look_for_lost_resize(ref, of);
      look_for_lost_eviction(ref, of);
    }
  }

private:
  static constexpr milliseconds settled = std::chrono::minutes{40};

  struct open_resize {
    truth::felt at{};
    std::string uid;
    size_t told_before = 0;
  };
  struct account {
    size_t resized = 0, resizes_told = 0;
    size_t evicted = 0, gone = 0, evictions_told = 0;
    std::optional<open_resize> open;  // the last one, until it is seen to be told
    std::vector<truth::felt> due;     // evictions, until they are seen to be told
  };

  /// A killed updater takes along what it did not tell, and its successor cannot know what was
  /// told.
  void forgive() {
    for (auto& [ref, of] : accounts_) {
      ++of.resized;
      of.evicted = std::max(of.evicted, of.evictions_told);
      of.open.reset();
      of.due.clear();
    }
  }

  void read_record() {
    auto log = in_.record(after_);
    if (!log)
      return;
    after_ = log->last;
    for (auto& one : log->records) {
      if (!one.done || is_canary(one.workload))
        continue;
      auto& of = accounts_[one.pod];
      bool evicts = one.action == update_action::evict;
      ++(evicts ? of.evictions_told : of.resizes_told);
      if (evicts && !of.due.empty())
        of.due.erase(of.due.begin());
      if (of.evictions_told > of.evicted + of.gone)
        blame(fmt::format("{}/{} was evicted {} times, {} are told", one.pod.ns, one.pod.name,
                          of.evicted, of.evictions_told));
      if (of.resizes_told > of.resized)
        blame(fmt::format("{}/{} was resized {} times, {} are told", one.pod.ns, one.pod.name,
                          of.resized, of.resizes_told));
    }
  }

  void look_for_lost_resize(const pod_ref& ref, account& of) {
    if (!of.open || in_.facts.now() - of.open->at < settled)
      return;
    auto open = *std::exchange(of.open, std::nullopt);
    auto found = in_.cluster.state().store.find(object_kind::pod, ref.ns, ref.name);
    if (!found)
      return;
    auto& now_is = found->as<pod>();
    bool waits = now_is.resize.pending != resize_status::pending_reason::none ||
                 now_is.resize.in_progress || now_is.meta.deleted;
    auto owner = in_.cluster.workload_of(now_is);
    if (now_is.meta.uid != open.uid || waits || !in_.facts.granted(owner))
      return;
    if (!unstamped(now_is).empty())
      blame(fmt::format("{}/{} was resized, but does not say so", ref.ns, ref.name));
    else if (of.resizes_told == open.told_before)
      blame(fmt::format("{}/{} was resized, but nobody told it", ref.ns, ref.name));
  }

  void look_for_lost_eviction(const pod_ref& ref, account& of) {
    if (of.due.empty() || in_.facts.now() - of.due.front() < settled)
      return;
    of.due.clear();
    blame(fmt::format("{}/{} was evicted, but nobody told it", ref.ns, ref.name));
  }

  std::map<pod_ref, account> accounts_;
  truth::felt killed_ = truth::never;
  uint64_t after_ = 0;
};

}  // namespace

std::unique_ptr<judge> make_account_judge(const court& in) {
  return std::make_unique<account_judge>(in);
}

}  // namespace scaleops::sim
