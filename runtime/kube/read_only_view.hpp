// A cluster that one may look at but not touch, as a kube port: what is the cluster's is read from
// it, what is ours (recommendations, policies, leases, events) lives in a store beside it, so that
// every component works as it always does. Nothing of it reaches the cluster; whoever wants to
// change the cluster is refused. The transport's guard (read_only.hpp) stands behind this.
#pragma once

#include <caf/fwd.hpp>

#include "messages/kube.hpp"

namespace scaleops::kube {

/// Where ids of the real client's watches begin, so that they differ from the store's.
inline constexpr uint64_t first_real_watch = uint64_t{1} << 40;

/// Whether objects of the kind are ours to keep.
bool is_kept_beside(object_kind kind);

/// `real` counts its watches from first_real_watch on; `store` is an embedded cluster without
/// nodes.
kube_actor spawn_read_only_view(caf::actor_system& sys, kube_actor real, kube_actor store);

}  // namespace scaleops::kube
