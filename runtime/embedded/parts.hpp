// The verbs of the cluster's parts. Each part is a file of its own beside this one; all work on the
// same state.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/embedded/cluster_state.hpp"
#include "runtime/embedded/pod_rules.hpp"

namespace scaleops::embedded {

// ---- creation (pod_creation.cpp) ----

struct creation {
  pod value;
  uint32_t owner = no_row;        // that waits for the outcome
  uint32_t wanted_node = no_row;  // DaemonSets
  std::string generate_name;      // prefix of the name, where the value has none
};
/// Defaults, LimitRange, webhook, validation, quota, store. `done` is called at once, or when the
/// webhook has answered.
void create_pod(cluster_state& s, creation what, std::function<void(outcome<object_ptr>)> done);
/// The webhook's answer; nothing: it failed or timed out, the pod is created unchanged.
void answer_admission(cluster_state& s, uint64_t ticket,
                      const std::optional<admission_response>& answer);
std::vector<const limit_range*> limit_ranges(const cluster_state& s, const std::string& ns);
std::string quota_refusal(const cluster_state& s, const pod& value, pod_sum before_requests,
                          pod_sum before_limits);
void update_quotas(cluster_state& s, const std::string& ns);

// ---- controllers ----

/// Brings an owner one step nearer to what it wants (controllers.cpp says which file has which
/// kind).
void reconcile_owner(cluster_state& s, uint32_t owner);
void reconcile_deployment(cluster_state& s, uint32_t owner);
void reconcile_replica_set(cluster_state& s, uint32_t owner);
void reconcile_stateful_set(cluster_state& s, uint32_t owner);
void reconcile_daemon_set(cluster_state& s, uint32_t owner);
void reconcile_job(cluster_state& s, uint32_t owner);
void reconcile_cron_job(cluster_state& s, uint32_t owner);
void run_cron(cluster_state& s, uint32_t owner);

/// A pod from the owner's template, owned by it.
creation from_template(const cluster_state& s, uint32_t owner);
/// Hash of the template: what makes a revision.
std::string template_hash(const workload& owner);
/// Creates a pod for the owner and counts it until it is there; a refusal is told and tried again
/// later.
void spawn_pod(cluster_state& s, uint32_t owner, creation what);
/// Not terminating and not over.
bool active(const cluster_state& s, uint32_t pod);
/// Ready for at least the owner's min_ready; plans another look where that is still to come.
bool available(cluster_state& s, uint32_t pod, uint32_t owner);
/// Writes status numbers if they differ.
struct owner_status {
  int32_t ready = 0, updated = 0, current = 0;
  std::string revision;
};
void write_status(cluster_state& s, uint32_t owner, const owner_status& status);
void set_replicas(cluster_state& s, uint32_t owner, int32_t replicas);
/// Deletes an owner and, gracefully, all that it owns.
void collect_owner(cluster_state& s, uint32_t owner);

void update_budget(cluster_state& s, handle budget);
void autoscale(cluster_state& s);

// ---- scheduler (scheduler.cpp) ----

/// Gives pending pods a node; without `all` only those that were never tried.
void schedule_pending(cluster_state& s);

// ---- kubelets (kubelet.cpp, node_step.cpp, resize.cpp, node_life.cpp) ----

void start_pod(cluster_state& s, uint32_t pod);
void mark_ready(cluster_state& s, uint32_t pod);
void restart_container(cluster_state& s, uint32_t pod);
void finish_pod(cluster_state& s, uint32_t pod);
/// Starts the graceful end of a pod; one that runs nowhere is gone at once.
void delete_pod(cluster_state& s, uint32_t pod);
/// One container ends against its will and is started again, sooner or later.
void kill_container(cluster_state& s, uint32_t pod, size_t container, std::string_view reason,
                    int32_t exit_code);
/// A restart that was wanted (resizePolicy).
void bounce_container(cluster_state& s, uint32_t pod, size_t container);
milliseconds start_up_of(const cluster_state& s, uint32_t pod);

/// Runs the node's usage curves up to now.
void step_node(cluster_state& s, uint32_t node);
outcome<node_metrics_ptr> read_metrics(cluster_state& s, std::string_view node);

outcome<object_ptr> resize(cluster_state& s, const resize_pod& request);
/// Whether the node can start the pod beside what it has promised to others.
bool can_start(const cluster_state& s, uint32_t pod);
void sync_resize(cluster_state& s, uint32_t pod);
void actuate_resize(cluster_state& s, uint32_t pod);

void kill_node(cluster_state& s, uint32_t node);
void revive_node(cluster_state& s, uint32_t node);
void lose_node(cluster_state& s, uint32_t node);
void evict_from_node(cluster_state& s, uint32_t node);
void remove_node(cluster_state& s, uint32_t node);

// ---- API (api_read_write.cpp, eviction.cpp, access.cpp) ----

outcome<object_ptr> get(const cluster_state& s, const object_key& key);
void create(cluster_state& s, const create_object& request,
            std::function<void(outcome<object_ptr>)> done);
outcome<object_ptr> update(cluster_state& s, const update_object& request);
outcome<object_ptr> patch(cluster_state& s, const patch_metadata& request);
outcome<nothing> remove(cluster_state& s, const delete_object& request);
outcome<nothing> evict(cluster_state& s, const evict_pod& request);
outcome<user_info> review_token(const cluster_state& s, const token_query& request);
access_answer review_access(const cluster_state& s, const access_query& request);

/// Lets all controllers and the scheduler run until nothing is left to do now.
void settle(cluster_state& s);

}  // namespace scaleops::embedded
