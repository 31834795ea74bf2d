// The platform: spawns the six components from configuration and ports, gives each a lasting
// address, and can end and start any of them again. Used by main/ and the simulation alike.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include <prometheus/registry.h>

#include "actors/admissions/admissions.hpp"
#include "actors/agent/agent.hpp"
#include "actors/dashboards/dashboards.hpp"
#include "actors/healthcheck/healthcheck.hpp"
#include "actors/recommender/recommender.hpp"
#include "actors/updater/updater.hpp"
#include "runtime/platform/component_link.hpp"

namespace scaleops {

struct platform_config {
  agent_config agent;
  recommender_config recommender;
  admissions_config admissions;
  updater_config updater;
  dashboards_config dashboards;
  healthcheck_config healthcheck;
  uint64_t seed = 1;
};

/// What the platform stands on.
struct platform_ports {
  wall_anchor anchor;
  std::function<kube_actor(component)> kube;  // each component's own way to the API server
  std::string identity;  // of this pod: holder of leases; empty: the component's name and start
  /// Runs a spawn so that its actors count as the component's; may be empty.
  std::function<void(component, const std::function<void()>&)> attribute;
};

class platform {
public:
  platform(caf::actor_system& sys, platform_config config, platform_ports ports);
  /// Ends everything that runs. The actor system must still be there and be drained afterwards.
  ~platform();
  platform(const platform&) = delete;
  platform& operator=(const platform&) = delete;

  void start_all();
  void start(component which);
  /// As by SIGKILL: nothing is written, nobody is told.
  void kill(component which);
  bool running(component which) const { return parts_[size_t(which)].root != nullptr; }

  /// Lasting addresses: they survive restarts.
  const caf::actor& address(component which) const { return parts_[size_t(which)].link->address(); }
  template <class Handle>
  Handle handle(component which) const {
    return caf::actor_cast<Handle>(address(which));
  }
  /// The component runs elsewhere: whoever is told here passes it on.
  void connect(component which, const caf::actor& elsewhere);
  component_link& link(component which) { return *parts_[size_t(which)].link; }

  /// Kept across restarts, as Prometheus sees one series per component.
  const std::shared_ptr<prometheus::Registry>& registry(component which) const {
    return parts_[size_t(which)].registry;
  }
  uint32_t starts(component which) const { return parts_[size_t(which)].starts; }

private:
  struct part {
    std::unique_ptr<component_link> link;
    std::shared_ptr<prometheus::Registry> registry;
    caf::strong_actor_ptr root;
    uint32_t starts = 0;
  };

  caf::strong_actor_ptr spawn(component which, component_env env);
  void subscribe();

  caf::actor_system& sys_;
  platform_config config_;
  platform_ports ports_;
  std::array<part, all_components.size()> parts_;
  uint32_t subscribed_to_ = 0;  // the recommender's start whose news are being sent
};

/// Built-in policies, as admissions and the updater want them: by name.
std::map<std::string, policy_spec> builtin_policy_table();

}  // namespace scaleops
