// Arithmetic on requests and limits: what a pod holds, what a change does to it, and its QoS class.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops {

inline const std::optional<int64_t>& part_of(const resources& from, resource_kind kind) {
  return kind == resource_kind::cpu ? from.cpu : from.memory;
}
inline std::optional<int64_t>& part_of(resources& from, resource_kind kind) {
  return kind == resource_kind::cpu ? from.cpu : from.memory;
}
inline constexpr resource_kind both_resources[] = {resource_kind::cpu, resource_kind::memory};

/// "250m" or "128Mi".
std::string format_amount(resource_kind kind, int64_t amount);

/// `target` over `current`: absent parts of the target leave what is there.
container_resources merged(const container_resources& current, const container_resources& target);

/// Sum in which an absent part counts as zero.
struct amounts {
  int64_t cpu = 0;     // millicores
  int64_t memory = 0;  // bytes
  int64_t& operator[](resource_kind kind) { return kind == resource_kind::cpu ? cpu : memory; }
  int64_t operator[](resource_kind kind) const { return kind == resource_kind::cpu ? cpu : memory; }
  amounts& operator+=(const amounts& other);
  amounts& operator-=(const amounts& other);
  auto operator<=>(const amounts&) const = default;
};

/// What the scheduler and quota count for a pod of these containers: the larger of what its main
/// containers and sidecars take together and what its start takes (init containers run one by one,
/// beside the sidecars that stand before them). Source:
/// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
amounts pod_requests(const std::vector<container_spec>& containers);
amounts pod_limits(const std::vector<container_spec>& containers);

/// What a node holds for a running pod while a resize is under way: per container the largest of
/// wish, admitted and actual. Source: KEP-1287, "Scheduler and API Server Interaction".
amounts held_requests(const pod& value);

qos_class qos_of(const std::vector<container_spec>& containers);

/// Makes `after` a change that keeps the QoS class of `before`: Guaranteed keeps limits equal to
/// requests, Burstable that would become Guaranteed gets one unit more of a limit. False: it cannot
/// be kept (a BestEffort pod given anything).
bool keep_qos(const std::vector<container_spec>& before, std::vector<container_spec>& after);

/// A request above its limit lifts the limit.
void lift_limits(container_resources& value);

/// The container's index by name.
std::optional<size_t> find_container(const std::vector<container_spec>& containers,
                                     std::string_view name);

}  // namespace scaleops
