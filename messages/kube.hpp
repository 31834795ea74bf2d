// The whole Kubernetes surface that the platform needs, as one typed actor interface (a port). Two
// makers: runtime/kube (the real API over HTTPS) and runtime/embedded (a cluster in memory). One
// contract suite runs against both.
//
// Every request answers with its result or with a caf::error of `ec`; callers give every request a
// finite timeout.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "messages/caf_support.hpp"
#include "messages/objects.hpp"

namespace scaleops {

// ---- reading ----

/// One page of all objects of a kind. ec::gone when the continue token is too old.
struct list_query {
  object_kind kind = object_kind::pod;
  std::string ns;              // empty: all namespaces
  uint32_t limit = 0;          // 0: no paging
  std::string continue_token;  // of the previous page
};
struct object_list {
  std::vector<object_ptr> items;
  uint64_t resource_version = 0;  // of the store when listed: where a watch begins
  std::string continue_token;     // empty: last page
};

struct get_query {
  object_key key;
};

/// Events of one watch, in order. The receiver answers with watch_ack; at most one batch is
/// unacknowledged.
struct watch_events {
  uint64_t watch = 0;
  std::vector<watch_event> events;
};
/// The watch is over and must be opened again. `gone` means: list anew.
struct watch_closed {
  uint64_t watch = 0;
  ec reason = ec::unavailable;
};
using watch_sink_actor =
  caf::typed_actor<caf::reacts_to<watch_events>, caf::reacts_to<watch_closed>>;

/// Follows all objects of a kind from `resource_version` on. Answers with the watch's id, or
/// ec::gone.
struct open_watch {
  object_kind kind = object_kind::pod;
  uint64_t resource_version = 0;
  watch_sink_actor sink;
};
struct watch_opened {
  uint64_t watch = 0;
};
struct watch_ack {
  uint64_t watch = 0;
};
struct close_watch {
  uint64_t watch = 0;
};

/// Cumulative counters and gauges of one container, as the kubelet's /metrics/resource and
/// /metrics/cadvisor give them.
struct container_metrics {
  object_ptr pod;  // embedded: the pod itself; real: looked up by name
  std::string container;
  instant at{};
  instant started{};
  double cpu_seconds = 0;   // since started
  int64_t working_set = 0;  // bytes
  uint64_t periods = 0;     // CFS periods since started
  uint64_t throttled_periods = 0;
};
struct node_metrics {
  std::string node;
  std::vector<container_metrics> containers;
};
using node_metrics_ptr = std::shared_ptr<const node_metrics>;
struct node_metrics_query {
  std::string node;
};

// ---- writing ----

/// Creates. ec::already_exists, ec::invalid, ec::forbidden.
struct create_object {
  object_ptr object;
};
/// Replaces one of our own objects, a Lease, an Event or an HPA. With a resource version in the
/// object's metadata it is optimistic: ec::conflict when another writer was faster. `status` writes
/// the status part only (where the kind has one).
struct update_object {
  object_ptr object;
  bool status = false;
};
/// Sets (value) or removes (absent) labels and annotations; never touches the rest. Template
/// annotations start a rollout.
struct patch_metadata {
  object_key key;
  uint64_t resource_version = 0;  // 0: whatever is there
  std::map<std::string, std::optional<std::string>> labels;
  std::map<std::string, std::optional<std::string>> annotations;
  std::map<std::string, std::optional<std::string>> template_annotations;
  std::string uid{};  // precondition; empty: any
};
struct delete_object {
  object_key key;
  std::string uid;  // precondition; empty: any
};
struct container_resize {
  std::string container;
  container_resources resources;  // the whole new value: what is absent shall not be set
};
/// PATCH pods/NAME/resize. ec::infeasible (403 NodeCapacity), ec::invalid (QoS class, removed
/// limit), ec::conflict (uid).
struct resize_pod {
  pod_ref pod;
  std::string uid;
  std::vector<container_resize> containers;
};
/// POST pods/NAME/eviction. ec::too_many_requests when a PodDisruptionBudget refuses; dry_run
/// changes nothing.
struct evict_pod {
  pod_ref pod;
  std::string uid;
  bool dry_run = false;
};
struct write_done {};

// ---- people ----

/// TokenReview. ec::unauthorized for a token that the cluster does not accept.
struct token_query {
  std::string token;
  std::vector<std::string> audiences{};  // it must be meant for one of them; empty: the API server
};
struct user_info {
  std::string name;
  std::vector<std::string> groups;
  bool operator==(const user_info&) const = default;
};
/// SubjectAccessReview.
struct access_query {
  user_info user;
  std::string verb;
  std::string group;
  std::string resource;
  std::string ns;
};
struct access_answer {
  bool allowed = false;
  std::string reason;
};

using kube_actor = caf::typed_actor<
  // Reading.
  caf::replies_to<list_query>::with<object_list>, caf::replies_to<get_query>::with<object_ptr>,
  caf::replies_to<open_watch>::with<watch_opened>, caf::reacts_to<watch_ack>,
  caf::reacts_to<close_watch>, caf::replies_to<node_metrics_query>::with<node_metrics_ptr>,
  // Writing; objects come back as stored.
  caf::replies_to<create_object>::with<object_ptr>,
  caf::replies_to<update_object>::with<object_ptr>,
  caf::replies_to<patch_metadata>::with<object_ptr>,
  caf::replies_to<delete_object>::with<write_done>, caf::replies_to<resize_pod>::with<object_ptr>,
  caf::replies_to<evict_pod>::with<write_done>,
  // People.
  caf::replies_to<token_query>::with<user_info>,
  caf::replies_to<access_query>::with<access_answer>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::list_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::object_list)
SCALEOPS_LOCAL_MESSAGE(scaleops::object_ptr)
SCALEOPS_LOCAL_MESSAGE(scaleops::get_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_events)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_closed)
SCALEOPS_LOCAL_MESSAGE(scaleops::open_watch)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_opened)
SCALEOPS_LOCAL_MESSAGE(scaleops::watch_ack)
SCALEOPS_LOCAL_MESSAGE(scaleops::close_watch)
SCALEOPS_LOCAL_MESSAGE(scaleops::node_metrics_ptr)
SCALEOPS_LOCAL_MESSAGE(scaleops::node_metrics_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::create_object)
SCALEOPS_LOCAL_MESSAGE(scaleops::update_object)
SCALEOPS_LOCAL_MESSAGE(scaleops::patch_metadata)
SCALEOPS_LOCAL_MESSAGE(scaleops::delete_object)
SCALEOPS_LOCAL_MESSAGE(scaleops::resize_pod)
SCALEOPS_LOCAL_MESSAGE(scaleops::evict_pod)
SCALEOPS_LOCAL_MESSAGE(scaleops::write_done)
SCALEOPS_LOCAL_MESSAGE(scaleops::token_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::user_info)
SCALEOPS_LOCAL_MESSAGE(scaleops::access_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::access_answer)
