// How far the kubelet is with a resize that the API server took.
#pragma once

#include <string>
#include <vector>

#include "messages/kube.hpp"
#include "messages/objects.hpp"

namespace scaleops {

enum class resize_stage : uint8_t { under_way, done, deferred, infeasible, failing };

struct resize_progress {
  resize_stage stage = resize_stage::under_way;
  std::string message;
};

/// Conditions of an earlier generation than that of our resize say nothing about it.
resize_progress progress_of(const pod& now, const std::vector<container_resize>& wanted,
                            int64_t generation);

/// The runtime enforces what is wanted. Limits may be off by the kernel's rounding (CPU quota moves
/// in steps of 10 ms a period of 100 ms under systemd); requests are taken from what the kubelet
/// admitted.
bool in_force(const container_status& status, const container_resources& wanted);

}  // namespace scaleops
