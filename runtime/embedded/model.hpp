// The embedded cluster without actors: for tests and the simulation, which look into it and break
// it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/embedded/cluster_state.hpp"
#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

/// Not thread-safe. While an actor has it, only code that runs on the same (testing) scheduler may
/// touch it.
class cluster_model {
public:
  cluster_model(embedded_config config, cluster_spec spec);

  cluster_model(const cluster_model&) = delete;
  cluster_model& operator=(const cluster_model&) = delete;

  instant now() const { return s_.now; }

  /// Does all that is due until `now`, in order. Going backwards does nothing.
  void advance(instant now);
  /// When there is something to do next.
  instant next_due() const;

  /// Everything, for the front actor and for tests. After a change by hand call settle().
  cluster_state& state() { return s_; }
  const cluster_state& state() const { return s_; }
  void settle();
  /// Called whenever the model was altered by hand: the front actor looks at it then.
  std::function<void()> on_altered;

  /// Changes with everything that happened: equal histories, equal digests.
  uint64_t digest() const;

  const embedded_config& config() const { return s_.cfg; }
  const cluster_statistics& statistics() const { return s_.truth; }
  /// Truth of one workload (top of its owner chain); null: not there.
  const workload_statistics* statistics_of(const workload_ref& ref) const;

  // ---- looking ----

  template <class F>  // f(const pod&)
  void each_pod(F&& f) const {
    s_.store.each(object_kind::pod, {}, [&](handle e) { f(e->template as<pod>()); });
  }
  const pod* find_pod(const pod_ref& ref) const;
  const workload* find_workload(const workload_ref& ref) const;
  /// Top of a pod's owner chain; a bare pod is its own.
  workload_ref workload_of(const pod& value) const;
  /// Bytes that a container uses now; 0: not running.
  int64_t working_set(const pod_ref& ref, std::string_view container) const;
  /// Cores that a container wanted at the last step.
  double demand(const pod_ref& ref, std::string_view container) const;

  // ---- a person or a fault at work; false: no such thing ----

  bool set_workload(const workload_ref& ref, const std::function<void(workload&)>& change);
  bool add_node(node value);
  bool cordon(std::string_view node, bool unschedulable = true);
  bool kill_node(std::string_view node);
  bool restart_node(std::string_view node);
  bool remove_node(std::string_view node);
  bool crash_container(const pod_ref& ref, std::string_view container);
  /// The kubelet's metrics of a node (empty: of all) fail for a while.
  void metrics_outage(std::string_view node, milliseconds how_long);
  /// The webhook cannot be reached: creations go on unchanged.
  void set_admission_down(bool down) { s_.webhook_down = down; }
  /// Asked before every request of the port; a code other than none is the answer instead.
  /// ec::timeout: the request is performed, but its answer is lost.
  void set_api_fault(std::function<ec(std::string_view verb)> fault) { fault_ = std::move(fault); }
  ec api_fault(std::string_view verb) { return fault_ ? fault_(verb) : ec::none; }
  /// How long the answer to a request of the port takes; unset: none.
  void set_api_delay(std::function<milliseconds(std::string_view verb)> delay) {
    delay_ = std::move(delay);
  }
  milliseconds api_delay(std::string_view verb) { return delay_ ? delay_(verb) : milliseconds{0}; }
  /// All watches hear the last `changes` once more: stale and duplicated events.
  void repeat_events(size_t changes);
  void compact_history();
  /// Ends all watches, as a restart of the API server does.
  void drop_watches(ec reason = ec::unavailable);

private:
  void perform(const due& what);
  void build(cluster_spec spec);

  cluster_state s_;
  std::function<ec(std::string_view)> fault_;
  std::function<milliseconds(std::string_view)> delay_;
};

}  // namespace scaleops::embedded
