// Where other pods talk to a component: POST /v1/peer, one envelope (messages/wire) in, one out.
// The sender proves by a bearer token of its service account who it is; roles.hpp says what it may
// say. Lives on the io_context's thread.
#pragma once

#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "messages/recommender.hpp"
#include "messages/updater.hpp"
#include "runtime/http/http.hpp"

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

inline constexpr const char* peer_path = "/v1/peer";
inline constexpr const char* peer_content_type = "application/x-protobuf";
/// Of the tokens: what one component is shown it cannot show the API server.
inline constexpr const char* peer_audience = "scaleops";

struct peer_server_config {
  component which = component::recommender;  // who we are
  std::string ns = "scaleops-system";        // of the accounts
  milliseconds answer_timeout{30'000};       // of our own component and of the API server
  milliseconds token_memory{60'000};         // an accepted token is not asked for again
  size_t most_tokens = 64;
};

/// The component's root; the other one is null.
struct peer_root {
  recommender_actor recommender;
  updater_actor updater;
};

class peer_server {
public:
  peer_server(caf::actor_system& sys, boost::asio::io_context& io, peer_server_config config,
              kube_actor kube, peer_root root,
              const std::shared_ptr<prometheus::Registry>& registry);
  ~peer_server();
  peer_server(const peer_server&) = delete;
  peer_server& operator=(const peer_server&) = delete;

  http_handler handler();
  /// Ends its actor; poll the io_context once more afterwards.
  void stop();

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::peer
