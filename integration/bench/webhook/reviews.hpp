// What the webhook's bench asks and what it is answered from: reviews of pods as they are, of three
// containers with environment, probes and volumes, and a snapshot of all workloads.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "actors/admissions/snapshot_keeper.hpp"

namespace scaleops::bench {

/// `workloads` Deployments with their ReplicaSets, each granted and with a recommendation for its
/// three containers, a hundred in a namespace.
std::shared_ptr<const snapshot_keeper> make_snapshot(size_t workloads, instant now);

/// An AdmissionReview as the API server writes it, of a new pod of workload `index`; about 6 kB.
std::string make_review(size_t index);

/// The name of workload `index` and of its namespace.
std::string workload_name(size_t index);
std::string namespace_name(size_t index);

}  // namespace scaleops::bench
