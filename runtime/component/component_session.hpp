// One component as a process of its own, in real time: the real API behind its port, the other
// components reached through their Services. One thread does everything, sockets included; only the
// webhook answers on threads of its own.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runtime/component/component_front.hpp"
#include "runtime/config/options.hpp"
#include "runtime/kube/client.hpp"
#include "runtime/loop/run_loop.hpp"
#include "runtime/platform/platform.hpp"

namespace scaleops {

class component_session {
public:
  /// `access`: how to reach the API server.
  component_session(component_options options, kube::cluster_access access);
  ~component_session();
  component_session(const component_session&) = delete;
  component_session& operator=(const component_session&) = delete;

  /// Waits for the API server. Empty, or one line that names cause and fix.
  std::string connect(milliseconds patience);
  const std::string& version() const { return version_; }

  /// Starts the component and all that it serves. Empty, or one line that says what is wrong.
  std::string start();
  /// What it serves, a line each, for people.
  std::string addresses() const;

  /// Runs until SIGINT or SIGTERM.
  void run();
  void stop() { loop_.stop(); }

private:
  struct edges;
  platform_config components() const;
  void connect_others();
  void on_signal();
  std::string open_edges();
  void amend(component_status& status) const;

  component_options options_;
  boost::asio::io_context io_{1};
  run_loop loop_;
  std::shared_ptr<prometheus::Registry> registry_;  // of the process: the client, the peers
  std::unique_ptr<kube::kube_client> client_;
  std::unique_ptr<platform> platform_;
  std::unique_ptr<edges> edges_;
  std::string version_;
};

}  // namespace scaleops
