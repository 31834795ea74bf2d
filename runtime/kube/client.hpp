// The real Kubernetes API behind the port of messages/kube.hpp. Its actor runs on the io_context's
// thread, where the sockets are: no lock, and nobody else's state is touched.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "messages/kube.hpp"
#include "runtime/kube/raw_document.hpp"
#include "runtime/kube/transport.hpp"

namespace caf {
class actor_system;
}

namespace scaleops::kube {

struct client_config {
  transport_config transport;
  milliseconds request_timeout = std::chrono::seconds{30};
  milliseconds watch_time{std::chrono::minutes{5}};  // then the server ends a stream and we go on
  /// Of lists by stream: so long may the server be silent, and what was told wait to be asked for.
  milliseconds list_patience = std::chrono::seconds{10};
  uint64_t first_watch = 1;  // ids of watches count from here
  bool throttling = true;    // also read the nodes' /metrics/cadvisor
};

class kube_client {
public:
  kube_client(caf::actor_system& sys, boost::asio::io_context& io, cluster_access access,
              client_config config, std::shared_ptr<prometheus::Registry> registry);
  ~kube_client();
  kube_client(const kube_client&) = delete;
  kube_client& operator=(const kube_client&) = delete;

  const kube_actor& actor() const;

  /// Asks for the server's version: whether it is there, trusts us and is trusted. Calls back with
  /// one line that names cause and fix, or nothing and the version.
  void probe(std::function<void(const std::string& problem, const std::string& version)> callback);

  /// GETs or merge-patches one object that the port does not know. Beside the port, for what a
  /// component keeps for itself; the read-only guard stands before it all the same.
  void call_document(document_call what, document_done done);

  /// What goes wrong at present, by what is tried; one line each.
  const std::map<std::string, std::string>& troubles() const;

  /// Ends the actor and all that it has open; poll the io_context once more afterwards.
  void stop();

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::kube
