// What every component's root actor is given by whoever starts it (runtime/platform or a test).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "messages/time.hpp"

namespace prometheus {
class Registry;
}

namespace scaleops {

struct component_env {
  kube_actor kube;     // a port: HTTPS in a pod, a cluster in memory elsewhere
  wall_anchor anchor;  // actor clock to wall time
  std::shared_ptr<prometheus::Registry> registry;  // the component's metrics; never null
  std::string identity;                            // pod name: holder of leases, reporter of events
  uint64_t seed = 1;                               // of this component's entropy
};

}  // namespace scaleops
