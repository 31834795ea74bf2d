// The embedded cluster: Kubernetes in memory behind the port of messages/kube.hpp. The one header
// that others include.
//
//   auto model = std::make_shared<embedded::cluster_model>(config, embedded::make_demo(seed));
//   auto cluster = embedded::spawn_embedded_cluster(sys, anchor, model);
//   kube_actor kube = cluster;                                   // what components get
//   caf::anon_send(cluster, embedded::connect_webhook{admissions});
#pragma once

#include <memory>

#include <caf/fwd.hpp>

#include "messages/admissions.hpp"
#include "runtime/embedded/model.hpp"

namespace scaleops::embedded {

/// From now on `webhook` is asked for every pod creation; an empty handle: nobody is.
struct connect_webhook {
  admissions_actor webhook;
};

/// The cluster's own truth, safely from another thread than the cluster's.
struct statistics_query {};

using embedded_cluster_actor =
  kube_actor::extend<caf::reacts_to<connect_webhook>,
                     caf::replies_to<statistics_query>::with<cluster_statistics>>;

/// Runs the model on the actor clock, tied to wall time by `anchor`. The model must not be given to
/// two actors.
embedded_cluster_actor spawn_embedded_cluster(caf::actor_system& sys, wall_anchor anchor,
                                              std::shared_ptr<cluster_model> model);

}  // namespace scaleops::embedded

SCALEOPS_LOCAL_MESSAGE(scaleops::embedded::connect_webhook)
SCALEOPS_LOCAL_MESSAGE(scaleops::embedded::statistics_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::embedded::cluster_statistics)
