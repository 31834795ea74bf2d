// A component that runs in another pod, as an actor that understands what the component does: its
// status is asked at /status, all else goes to its peer server as envelopes. Losing a message costs
// seconds: facts of workloads are kept until they are taken, usage is sent again by the agent, and
// what is decided stands in objects. Lives on the io_context's thread.
#pragma once

#include <memory>
#include <optional>

#include <caf/actor.hpp>

#include "messages/component.hpp"
#include "messages/kube.hpp"
#include "runtime/kube/kubeconfig.hpp"

namespace caf {
class actor_system;
}
namespace boost::asio {
class io_context;
}
namespace prometheus {
class Registry;
}

namespace scaleops::peer {

struct remote_config {
  component which = component::agent;
  kube::base_url status;                     // serves /status
  std::optional<kube::cluster_access> peer;  // serves /v1/peer; absent: it takes no messages
  milliseconds answer_timeout{30'000};
  milliseconds status_timeout{4'000};
  milliseconds retry_first{500};  // of facts that were not taken; doubles
  milliseconds retry_last{15'000};
  uint64_t seed = 1;
};

class remote_component {
public:
  /// `kube`: the stop switch is an annotation, which the updater in its pod obeys.
  remote_component(caf::actor_system& sys, boost::asio::io_context& io, remote_config config,
                   kube_actor kube, const std::shared_ptr<prometheus::Registry>& registry);
  ~remote_component();
  remote_component(const remote_component&) = delete;
  remote_component& operator=(const remote_component&) = delete;

  const caf::actor& actor() const;
  /// Ends the actor; poll the io_context once more afterwards.
  void stop();

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::peer
