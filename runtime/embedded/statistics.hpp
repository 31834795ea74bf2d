// The cluster's own truth: what really happened, against which the platform's reports are held.
#pragma once

#include <cstdint>

#include "messages/time.hpp"

namespace scaleops::embedded {

/// Sums over time; a share is the quotient of two of them.
struct resource_integrals {
  double cpu_requested = 0;  // core-seconds
  double cpu_used = 0;
  double cpu_throttled = 0;     // held back by the container's limit
  double cpu_contended = 0;     // held back because the node was busy
  double memory_requested = 0;  // byte-seconds
  double memory_used = 0;

  resource_integrals& operator+=(const resource_integrals& other) {
    cpu_requested += other.cpu_requested;
    cpu_used += other.cpu_used;
    cpu_throttled += other.cpu_throttled;
    cpu_contended += other.cpu_contended;
    memory_requested += other.memory_requested;
    memory_used += other.memory_used;
    return *this;
  }
};

struct cluster_statistics {
  instant since{};
  instant at{};
  resource_integrals sums;           // of all running pods
  double cpu_allocatable = 0;        // core-seconds of ready nodes
  double memory_allocatable = 0;     // byte-seconds
  uint64_t oom_container_limit = 0;  // kills
  uint64_t oom_node_pressure = 0;
  uint64_t restarts = 0;           // of containers, for whatever reason
  uint64_t resizes_requested = 0;  // accepted by the API
  uint64_t resizes_done = 0;
  uint64_t resizes_deferred = 0;
  uint64_t resizes_infeasible = 0;  // refused or marked so
  uint64_t resizes_failed = 0;      // could not be applied: memory limit below usage
  uint64_t evictions = 0;           // granted, by the eviction API
  uint64_t evictions_refused = 0;   // 429
  uint64_t pods_created = 0;
  uint64_t pods_rejected = 0;     // creations refused by LimitRange, quota or validation
  uint64_t pods_patched = 0;      // changed by the webhook
  uint64_t webhook_failures = 0;  // timeouts and errors, failed open
  uint64_t pods_deleted = 0;
  uint64_t scale_changes = 0;       // by HPAs
  uint64_t pods_unschedulable = 0;  // now
};

/// What one workload (the top of its owner chain) has requested and used.
struct workload_statistics {
  resource_integrals sums;
  double pod_seconds = 0;
  uint64_t oom_kills = 0;
  uint64_t restarts = 0;
};

}  // namespace scaleops::embedded
