// What a request proves its sender by: tokens and certificates, read anew as they rotate.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "runtime/kube/kubeconfig.hpp"

namespace boost::asio {
class io_context;
}

namespace scaleops::kube {

struct credential {
  std::string headers;           // whole header lines: Authorization, Impersonate-...
  std::string certificate, key;  // PEM; empty: none
  std::string ca;                // PEM; empty: the system's
  std::string problem;           // one line: there is none to be had, and why

  /// Connections are as good as their certificates.
  bool same_connection(const credential& other) const {
    return certificate == other.certificate && key == other.key && ca == other.ca;
  }
};

/// Lives on the io_context's thread.
class credential_source {
public:
  credential_source(boost::asio::io_context& io, cluster_access access);
  ~credential_source();
  credential_source(const credential_source&) = delete;
  credential_source& operator=(const credential_source&) = delete;

  /// Calls back with what is good now: at once, or when the plugin has answered.
  void get(std::function<void(const credential&)> callback);

  /// The server did not accept what get() gave: the next one looks anew.
  void refuse();

private:
  class impl;
  std::shared_ptr<impl> x_;
};

}  // namespace scaleops::kube
