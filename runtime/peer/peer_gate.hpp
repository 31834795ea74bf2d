// The door for other pods: a peer server behind TLS, with a certificate of the component's own
// authority, which it keeps in a Secret and makes known in a ConfigMap.
#pragma once

#include <memory>
#include <string>

#include "runtime/certificates/certificate_keeper.hpp"
#include "runtime/config/options.hpp"
#include "runtime/peer/peer_server.hpp"

namespace scaleops::peer {

struct peer_gate_config {
  peer_server_config server;
  endpoint listen{"0.0.0.0", 9443};
  milliseconds look_every{30'000};  // at the Secret
  milliseconds first_retry{1'000};
  std::function<instant()> now;
};

/// "recommender-certificate": Secret; "recommender-authority": ConfigMap with ca.crt.
std::string certificate_secret(component which);
std::string authority_map(component which);
/// "recommender.scaleops-system.svc": what the certificate proves.
std::string service_name(component which, const std::string& ns);

class peer_gate {
public:
  peer_gate(caf::actor_system& sys, boost::asio::io_context& io, peer_gate_config config,
            kube_actor kube, kube::document_port documents, peer_root root,
            const std::shared_ptr<prometheus::Registry>& registry);
  ~peer_gate();
  peer_gate(const peer_gate&) = delete;
  peer_gate& operator=(const peer_gate&) = delete;

  /// Listens. Empty, or a sentence that names what is wrong.
  std::string start();
  void stop();
  uint16_t port() const;
  /// What is missing or wrong, one line; empty: others can reach us.
  std::string trouble() const;

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::peer
