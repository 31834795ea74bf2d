// The pages and their API on one port, on the io_context's thread.
#pragma once

#include <memory>
#include <string>

#include "messages/dashboards.hpp"
#include "runtime/config/options.hpp"

namespace caf {
class actor_system;
}
namespace boost::asio {
class io_context;
}

namespace scaleops {

class dashboard_front {
public:
  dashboard_front(caf::actor_system& sys, boost::asio::io_context& io, const endpoint& where,
                  dashboards_actor root);
  ~dashboard_front();
  dashboard_front(const dashboard_front&) = delete;
  dashboard_front& operator=(const dashboard_front&) = delete;

  /// Empty when listening, else one line that names address, port and cause.
  std::string start();
  uint16_t port() const;
  void stop();

private:
  class impl;
  std::unique_ptr<impl> x_;
};

}  // namespace scaleops
