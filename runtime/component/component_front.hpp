// What a component's process serves on its metrics port: /metrics, /healthz, /readyz and /status.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "messages/component.hpp"
#include "runtime/config/options.hpp"

namespace caf {
class actor_system;
}
namespace boost::asio {
class io_context;
}
namespace prometheus {
class Collectable;
}

namespace scaleops {

class component_front {
public:
  /// `amend` adds what the root actor cannot know (its web front, its webhook) to its status.
  component_front(caf::actor_system& sys, boost::asio::io_context& io, const endpoint& where,
                  component_actor root, std::function<void(component_status&)> amend,
                  std::vector<std::weak_ptr<prometheus::Collectable>> registries);
  ~component_front();
  component_front(const component_front&) = delete;
  component_front& operator=(const component_front&) = delete;

  /// Empty when listening, else one line that names address, port and cause.
  std::string start();
  uint16_t port() const;
  void stop();

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops
