// The edge between HTTP and the dashboards actor: requests become api_request messages, live events
// become server-sent events with resume by Last-Event-ID. Runs on the server's io_context thread.
#pragma once

#include <chrono>
#include <memory>

#include "messages/dashboards.hpp"
#include "runtime/http/http.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops {

struct actor_gateway_config {
  caf::timespan request_timeout = std::chrono::seconds{30};  // on the actors' clock
  milliseconds flush_every =
    std::chrono::milliseconds{200};  // real time; newer news of a type replaces older news
  milliseconds keep_alive_every =
    std::chrono::seconds{10};  // comment line, so that proxies keep the stream open
  size_t remembered = 2048;    // live events kept for resuming clients
  size_t max_streams = 256;
  std::string live_path = "/api/v1/live";
};

class actor_gateway {
public:
  actor_gateway(caf::actor_system& sys, boost::asio::io_context& ioc, actor_gateway_config config,
                dashboards_actor dashboards);
  ~actor_gateway();

  actor_gateway(const actor_gateway&) = delete;
  actor_gateway& operator=(const actor_gateway&) = delete;

  /// For everything below "/api/".
  http_handler handler();

  /// Ends all streams and its own actor; poll the io_context once more afterwards.
  void stop();

  size_t streams() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops
