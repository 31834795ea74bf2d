// The whole webhook of `scaleops admissions`: threads that answer reviews by HTTPS, their snapshots
// fed by the admissions actor, certificates and registration kept right through the Kubernetes API.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/admissions/admissions.hpp"
#include "runtime/admission/registrar.hpp"
#include "runtime/admission/review_workers.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops::webhook {

struct webhook_options {
  std::string address = "0.0.0.0";
  uint16_t port = 8443;  // 0: any free one
  size_t workers = 2;    // threads that answer

  std::string service = "admissions";  // the Service's name and port, as the API server calls it
  int service_port = 443;
  std::string ns = "scaleops-system";
  std::string url;  // https://host:port/mutate: instead of the Service, for an API server outside
  std::string registration = "scaleops-admissions";
  std::string secret = "admissions-certificate";
  std::vector<std::string> excluded_namespaces;  // beside Kubernetes' own and ours

  patch_config patch;  // as the admissions actor has it
  tls::rotation_rules rotation;
  milliseconds look_every = std::chrono::seconds{30};  // at Secret and registration
  milliseconds beat_every = std::chrono::seconds{5};   // asks whether the actor is alive
  milliseconds drain_for = std::chrono::seconds{5};
  std::function<instant()> now;  // any thread; unset: the wall's time
};

/// Everything but the reviews runs on the io_context's thread.
class webhook_service {
public:
  /// `api`: kube_client::call_document. `registry` is the component's.
  webhook_service(caf::actor_system& sys, boost::asio::io_context& io, kube::document_port api,
                  admissions_feed_actor admissions, webhook_options options,
                  std::shared_ptr<prometheus::Registry> registry);
  ~webhook_service();
  webhook_service(const webhook_service&) = delete;
  webhook_service& operator=(const webhook_service&) = delete;

  /// Listens. Empty, or a sentence that names what is wrong. There is no certificate before the API
  /// has answered: until then handshakes are refused, and pods created unchanged.
  std::string start();

  /// On the way out: each answer ends its connection, so that who asks again finds another replica.
  /// New connections are taken until `done`, `drain_for` from now: the API server may not have
  /// heard yet. After it stop() still answers what was begun.
  void drain(std::function<void()> done);

  /// Ends connections, threads and the own actor; poll the io_context once more afterwards.
  void stop();

  uint16_t port() const;

  /// Reviews can be answered: certificate, registration and snapshot are there. `detail` says what
  /// is missing or wrong, one line.
  bool ready(std::string& detail) const;

private:
  class impl;
  std::shared_ptr<impl> x_;
  caf::actor_system& sys_;
  boost::asio::io_context& io_;
};

}  // namespace scaleops::webhook
