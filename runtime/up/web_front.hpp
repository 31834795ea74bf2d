// The web front of a process: dashboard, API, live events, metrics and probes on one port, all on
// the loop's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "runtime/config/options.hpp"
#include "runtime/platform/platform.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops {

class web_front {
public:
  /// `io`: whose handlers poll() and wait() run besides their own; null: one of its own.
  web_front(caf::actor_system& sys, const platform& components, endpoint where,
            boost::asio::io_context* io = nullptr);
  ~web_front();

  /// Empty when listening, else one line that names address, port and cause.
  std::string start();
  std::string url() const;
  /// Does what is ready.
  void poll();
  /// Waits for something to do, up to `span`.
  void wait(std::chrono::nanoseconds span);
  /// SIGINT and SIGTERM.
  void on_signal(std::function<void()> callback);
  void stop();

private:
  class impl;
  std::unique_ptr<impl> x_;
};

}  // namespace scaleops
