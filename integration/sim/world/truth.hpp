// Truth: what really stands in the cluster, looked at after every message. Judges hold the
// platform's deeds against it, never against what the platform says.
#pragma once

#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/embedded/model.hpp"

namespace scaleops::sim {

using pod_ptr = std::shared_ptr<const pod>;

/// A pod came (no `before`), changed or went (no `after`).
struct pod_change {
  pod_ptr before, after;
  workload_ref owner;    // top of its owner chain
  bool evicted = false;  // by the eviction API, in this step
};

class truth {
public:
  /// Felt time: simulated time without the clock's jumps. What matters for how late something is.
  using felt = milliseconds;
  static constexpr felt never = felt::min();

  truth(embedded::cluster_model& model, std::function<instant()> clock)
      : model_{model}, clock_{std::move(clock)} {}

  std::function<void(const pod_change&)> on_pod;
  std::function<void(const checkpoint&, bool deleted)> on_checkpoint;

  /// Finds out what has changed; called after every message.
  void look();
  void note_jump(milliseconds span) { jumped_ += span; }

  felt now() const { return clock_().time_since_epoch() - jumped_; }

  /// When the workload's pods might last be changed by the platform; `never`: never so far.
  felt last_granted(const workload_ref& ref) const;
  /// When some budget that covers a pod of these labels last allowed a disruption (now, where there
  /// is no such budget).
  felt last_allowed(const pod& of) const;
  /// How many pods too few were ready at the best moment since `since`.
  int32_t least_short(const workload_ref& ref, felt since) const;
  int32_t desired(const workload_ref& ref) const;

  /// Least memory that a container was seen to hold since `since`; absent: it was never seen.
  std::optional<int64_t> least_memory(const pod_ref& of, const std::string& container,
                                      felt since) const;

  /// Whether the platform may change the workload now, from the objects that say so.
  bool granted(const workload_ref& ref) const;

private:
  struct seen_pod {
    object_ptr value;
    workload_ref owner;
    uint64_t round = 0;
  };
  struct seen_workload {
    felt granted = never;
    bool granted_now = false;
    int32_t desired = 0, ready = 0;
    std::deque<std::pair<felt, int32_t>> shorts;  // how many too few, from then on
  };
  struct budget {
    std::shared_ptr<const pod_disruption_budget> value;
    felt allowed = never;
  };
  struct reading {
    felt at{};
    int64_t bytes = 0;
  };

  void look_at_memory();
  void look_at_pods();
  void look_at_grants();
  void look_at_budgets();
  void look_at_checkpoints();
  void count_ready();
  bool moved(object_kind kind);

  embedded::cluster_model& model_;
  std::function<instant()> clock_;
  milliseconds jumped_{};
  uint64_t version_ = 0;
  uint64_t round_ = 0;
  uint64_t evictions_ = 0;
  std::map<object_kind, uint64_t> next_change_;
  std::map<std::string, seen_pod> pods_;  // by uid
  std::map<workload_ref, seen_workload> workloads_;
  std::map<std::pair<std::string, std::string>, budget> budgets_;
  std::map<std::string, object_ptr> checkpoints_;
  std::vector<instant> stepped_;  // by node row
  std::map<std::pair<pod_ref, std::string>, std::deque<reading>> memory_;
};

}  // namespace scaleops::sim
