// Link: a lasting address of a component whose actor may be killed and started anew. In one process
// it hands messages over at no cost; a simulation can delay or drop them on the way, as a network
// would.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "messages/time.hpp"

namespace scaleops {

/// What happens to a message on its way: absent = lost, else its delay.
using link_weather = std::function<std::optional<milliseconds>()>;

class component_link {
public:
  explicit component_link(caf::actor_system& sys);
  ~component_link();
  component_link(const component_link&) = delete;
  component_link& operator=(const component_link&) = delete;

  /// Cast it to the component's typed handle. Requests to a link without a target fail at once
  /// (receiver down).
  const caf::actor& address() const { return address_; }
  void connect(caf::strong_actor_ptr target);
  void disconnect() { connect(nullptr); }
  void set_weather(link_weather weather);

private:
  caf::actor address_;
};

}  // namespace scaleops
