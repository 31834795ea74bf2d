// All that an embedded cluster consists of, and the few verbs that its parts share. The parts
// (controllers, scheduler, kubelets, API) are free functions on it; cluster_model owns it.
// Single-threaded, no clock: time is what the model was told last.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/admissions.hpp"
#include "messages/entropy.hpp"
#include "runtime/embedded/cluster_spec.hpp"
#include "runtime/embedded/config.hpp"
#include "runtime/embedded/object_store.hpp"
#include "runtime/embedded/statistics.hpp"
#include "runtime/embedded/timeline.hpp"
#include "runtime/embedded/watch_hub.hpp"

namespace scaleops::embedded {

using handle = object_store::handle;
inline constexpr uint32_t no_row = object_store::no_row;

/// What the runtime knows of one container beyond the pod's status.
struct container_row {
  enum class state : uint8_t { waiting, running, exited };
  instant started{};
  double cpu_seconds = 0;   // since started
  int64_t working_set = 0;  // bytes
  double periods = 0;       // CFS periods of 100 ms since started
  double throttled = 0;
  int64_t memory_limit = 0;  // in force; 0: none
  int64_t memory_request = 0;
  int32_t cpu_limit = 0;  // millicores in force; 0: none
  int32_t cpu_request = 0;
  float demand = 0;  // cores wanted at the last step
  float used = 0;    // cores used during the last step
  state run = state::waiting;
  uint8_t crashes = 0;   // in a row, for the back-off
  uint8_t load = 255;    // index into the profile's containers; 255: none
  instant next_start{};  // while waiting
};

struct pod_row {
  handle slot = nullptr;  // null: row is free
  uint32_t serial = 0;
  uint32_t node = no_row;
  uint32_t owner = no_row;   // direct owner
  uint32_t root = no_row;    // top of the owner chain
  uint32_t wanted = no_row;  // DaemonSets: the only node it may run on
  int64_t cpu = 0;           // effective requests as the scheduler counts them, millicores
  int64_t memory = 0;        // bytes
  bool terminating = false;
  bool serving = false;         // ready: takes its share of the workload's load
  bool resize_planned = false;  // an actuation is under way
  std::vector<container_row> containers;
};

struct node_row {
  handle slot = nullptr;
  uint32_t serial = 0;
  int64_t cpu = 0;     // requested by its pods, millicores
  int64_t memory = 0;  // bytes
  instant stepped{};   // usage is integrated until here
  bool dead = false;   // its kubelet is gone (fault)
  instant died{};
  instant metrics_out_until{};  // fault: no metrics before this
  double used_cpu = 0;          // cores, last step
  double used_memory = 0;       // bytes, last step
  std::vector<uint32_t> pods;
};

/// A workload object: ReplicaSets and Jobs of others included.
struct owner_row {
  handle slot = nullptr;
  uint32_t serial = 0;
  uint32_t parent = no_row;    // its controller among the owners
  std::vector<uint32_t> pods;  // direct, in order of creation
  std::vector<uint32_t> children;
  load_profile_ptr load;              // of the top owner
  std::vector<uint32_t> creating_on;  // DaemonSets: the nodes of those pods
  uint32_t creating = 0;              // pods that wait for the webhook
  uint32_t failures = 0;              // creations refused in a row
  instant retry{};                    // not before
  uint32_t runs = 0;                  // CronJobs: started so far; Jobs: succeeded pods
  uint32_t serving = 0;               // ready pods below this top owner: they share its load
  workload_statistics truth;          // of the top owner
  std::vector<std::pair<instant, curve_point>>
    loads;  // cache: each container's load at one instant
};

/// A pod creation that waits for the webhook.
struct pending_creation {
  object value;
  uint32_t owner = no_row;
  uint32_t owner_serial = 0;
  uint32_t wanted_node = no_row;
  std::string generate_name;  // prefix; empty: the name is given
  std::function<void(outcome<object_ptr>)> done;
};

/// A table whose rows keep their index; freed rows are used again with another serial.
template <class Row>
class row_table {
public:
  uint32_t add() {
    if (free_.empty()) {
      rows_.emplace_back();
      return uint32_t(rows_.size() - 1);
    }
    auto row = free_.back();
    free_.pop_back();
    return row;
  }
  void release(uint32_t row) {
    auto serial = rows_[row].serial + 1;
    rows_[row] = Row{};
    rows_[row].serial = serial;
    free_.push_back(row);
  }
  Row& operator[](uint32_t row) { return rows_[row]; }
  const Row& operator[](uint32_t row) const { return rows_[row]; }
  bool alive(uint32_t row, uint32_t serial) const {
    return row < rows_.size() && rows_[row].slot && rows_[row].serial == serial;
  }
  uint32_t size() const { return uint32_t(rows_.size()); }

private:
  std::deque<Row> rows_;  // addresses stay valid
  std::vector<uint32_t> free_;
};

struct cluster_state {
  explicit cluster_state(embedded_config config)
      : cfg(std::move(config)),
        now(cfg.start),
        dice(cfg.seed),
        store(cfg.history, cfg.seed),
        watches(store, cfg.bookmark_every) {}

  embedded_config cfg;
  instant now;
  entropy dice;
  object_store store;
  watch_hub watches;
  timeline due;
  cluster_statistics truth;

  row_table<pod_row> pods;
  row_table<node_row> nodes;
  row_table<owner_row> owners;
  std::unordered_map<std::string, uint32_t> owner_by_uid;  // for look-ups only, never walked
  std::map<std::pair<std::string, std::string>, load_profile_ptr> loads;  // namespace, "Kind/name"

  std::set<uint32_t> dirty_owners;
  std::set<std::pair<std::string, std::string>> dirty_budgets;  // namespace, name
  std::set<std::string> dirty_quotas;                           // namespaces
  std::set<uint32_t> pending;                                   // pods without a node
  bool room_changed = false;                                    // a pending pod may fit now

  std::map<std::pair<std::string, std::string>, std::vector<std::pair<instant, int32_t>>>
    scale_wishes;  // of HPAs

  // The webhook, if there is one: called with a ticket; answered by answer_admission.
  std::function<void(uint64_t, const admission_review&)> webhook;
  bool webhook_down = false;  // fault: every call fails
  uint64_t tickets = 0;
  std::map<uint64_t, pending_creation> creations;

  const pod& pod_of(uint32_t row) const { return pods[row].slot->as<pod>(); }
  const node& node_of(uint32_t row) const { return nodes[row].slot->as<node>(); }
  const workload& owner_of(uint32_t row) const { return owners[row].slot->as<workload>(); }
};

// ---- rows and their objects (cluster_rows.cpp) ----

/// Stores a new object and makes its row; marks what must look at it.
handle add_object(cluster_state& s, object value);
/// Removes it with its row. Dependents are collected by collect_garbage.
void remove_object(cluster_state& s, handle at);

/// The top of an owner chain.
uint32_t root_of(const cluster_state& s, uint32_t owner);

/// Alters a pod; effective requests, node sums, owner and budgets follow.
void pod_changed(cluster_state& s, uint32_t row, const pod& before);
template <class Change>
void change_pod(cluster_state& s, uint32_t row, Change&& change) {
  auto before = s.pods[row].slot->value;
  s.store.mutate<pod>(s.pods[row].slot, s.now, std::forward<Change>(change));
  pod_changed(s, row, std::get<pod>(*before));
}

/// Pod lists of nodes and owners.
void put_on_node(cluster_state& s, uint32_t pod, uint32_t node);
void take_off_node(cluster_state& s, uint32_t pod);

/// The budgets that select these labels are to be computed anew.
void touch_budgets(cluster_state& s, const std::string& ns, const string_map& labels);

/// Whether the pod takes its share of its workload's load.
void set_serving(cluster_state& s, uint32_t pod, bool serving);

/// "Deployment web created pod web-1": a Kubernetes Event, repeated ones are counted
/// (event_log.cpp).
void tell(cluster_state& s, std::string_view kind, const metadata& about, std::string_view reason,
          std::string message, std::string_view component, bool warning);
void forget_old_events(cluster_state& s);

}  // namespace scaleops::embedded
