// The dashboards' picture of the cluster: every workload with its pods' requests, use,
// recommendation and history, kept up to date by watch events and usage readings, so that answering
// a request is a walk over ready numbers.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/common/logic/cluster_view.hpp"
#include "actors/dashboards/logic/history.hpp"
#include "actors/dashboards/logic/pricing.hpp"

namespace scaleops::dashboards::logic {

/// One container's counters as the kubelet gives them.
struct usage_reading {
  instant at{};
  instant started{};
  double cpu_seconds = 0;  // since started
  int64_t memory = 0;      // bytes, working set
};

struct container_meter {
  usage_reading last;
  double cpu = 0;  // millicores between the last two readings; valid when `rated`
  bool rated = false;
};

struct workload_row;

struct pod_row {
  std::shared_ptr<const pod> object;
  workload_row* owner = nullptr;  // nodes of a std::map stay where they are
  amounts requests;
  amounts limits;                       // 0: not set
  std::vector<container_meter> meters;  // as object->containers
  bool live = false;                    // scheduled or to be: counts as requested
};

/// A container was killed for want of memory.
struct kill_mark {
  instant at{};
  pod_ref pod;
  std::string container;
  int64_t limit = 0;  // bytes; 0: none
};

/// What one pod asked for, was allowed and should have asked for, from `at` on.
struct size_step {
  instant at{};
  amounts request, limit, recommended;
  bool same_sizes(const size_step& other) const {
    return request == other.request && limit == other.limit && recommended == other.recommended;
  }
};

/// Channels of a workload's series: use per pod.
enum workload_channel : size_t { cpu_mean, cpu_peak, memory_mean, memory_peak, workload_channels };
using workload_history = history<workload_channels, compact_codec>;

/// Channels of the cluster's series; CPU in millicores, memory in bytes.
enum cluster_channel : size_t {
  cpu_used,
  cpu_requested,
  cpu_recommended,
  cpu_allocatable,
  cpu_original,
  memory_used,
  memory_requested,
  memory_recommended,
  memory_allocatable,
  memory_original,
  cluster_channels
};
using cluster_history = history<cluster_channels>;

struct workload_row {
  workload_ref ref;
  std::map<std::string_view, pod_row*> pods;     // by name; views into the pods' own names
  std::shared_ptr<const recommendation> advice;  // null: none yet
  std::shared_ptr<const workload> owner;         // null for bare pods and groups
  grant_answer grant;
  amounts requests;  // sum over live pods
  amounts limits;
  amounts use;              // sum over measured pods
  amounts recommended_pod;  // one pod, if the recommendation were in force
  amounts original_pod;     // one pod, as the owner's template says
  int live = 0;
  int ready = 0;
  int measured = 0;
  int32_t restarts = 0;
  workload_history series;
  std::deque<size_step> steps;
  std::deque<kill_mark> kills;

  explicit workload_row(workload_ref ref);
  amounts recommended() const { return recommended_pod * live; }
  amounts original() const { return original_pod * live; }
  /// Most urgent first that something is wrong: an urgent recommendation of any container.
  bool urgent() const;
  bool learning() const { return !advice || advice->coverage < 1; }
  double confidence() const;
  size_t kills_since(instant from) const;
};

/// What a round of events means for those who watch live.
struct inventory_news {
  std::vector<std::pair<workload_ref, kill_mark>> kills;
  std::set<workload_ref> advised;  // recommendation or grant changed
  bool policies = false;
  bool health = false;
  bool empty() const { return kills.empty() && advised.empty() && !policies && !health; }
};

class inventory {
public:
  inventory();

  void apply(const watch_event& event, instant now, inventory_news& news);

  /// Null for a pod that is not known.
  pod_row* find_pod(const pod_ref& ref);

  /// One container's reading; unknown containers are passed over.
  static void measure(pod_row& row, std::string_view container, const usage_reading& reading);

  /// Closes a round of readings: sums up use and adds one point to every series.
  void sample(instant now);

  const cluster_view& view() const { return view_; }
  const std::map<workload_ref, workload_row>& workloads() const { return workloads_; }
  const workload_row* find(const workload_ref& ref) const;
  const cluster_history& series() const { return series_; }
  const std::deque<std::pair<workload_ref, kill_mark>>& kills() const { return kills_; }
  const std::map<object_key, std::shared_ptr<const event>>& events() const { return events_; }
  const std::map<std::string, std::shared_ptr<const policy_rule>>& rules() const { return rules_; }

  struct totals {
    amounts requests, use, recommended, original, allocatable;
    amounts realised;  // original less requested, of granted workloads
    amounts possible;  // requested less recommended where a grant is missing
    amounts pending;   // requested less recommended where granted
    size_t workloads = 0, granted = 0, excluded = 0, advised = 0;
    size_t open = 0;      // a grant is missing, and one could be given
    size_t learning = 0;  // too little history seen for less to be asked for
    size_t pods = 0, containers = 0, nodes = 0, ready_nodes = 0;
    bool measured = false;
  };
  totals sum() const;
  instant sampled_at() const { return sampled_at_; }

private:
  void on_pod(const watch_event& event, instant now, inventory_news& news);
  void drop_pod(const pod& gone);
  void place(pod_row& row);
  void find_kills(pod_row& row, const pod* before, instant now, inventory_news& news);
  void retry_unplaced(std::string_view ns);
  workload_row& row_of(const workload_ref& ref);
  void refresh(workload_row& row);
  void refresh_namespace(std::string_view ns);
  void add(workload_row& row, const pod_row& pod, int sign);
  void note_step(workload_row& row, instant now);
  void purge();

  cluster_view view_;
  std::map<pod_ref, pod_row> pods_;
  std::map<workload_ref, workload_row> workloads_;
  std::set<pod_ref> unplaced_;
  std::map<std::string, std::shared_ptr<const policy_rule>> rules_;
  std::map<object_key, std::shared_ptr<const event>> events_;
  std::deque<std::pair<workload_ref, kill_mark>> kills_;
  cluster_history series_;
  instant sampled_at_{};
};

}  // namespace scaleops::dashboards::logic
