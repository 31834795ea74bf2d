// Credential plugins: programs that print an ExecCredential. Protocol:
// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "messages/time.hpp"
#include "runtime/kube/kubeconfig.hpp"

namespace scaleops::kube {

struct exec_credential {
  std::string token;
  std::string certificate, key;    // PEM
  std::optional<instant> expires;  // absent: as long as the server accepts it
};

struct exec_outcome {
  std::optional<exec_credential> credential;
  std::string problem;  // one line: which program, what happened, what to do
};

/// Reads what a plugin printed.
exec_outcome parse_exec_credential(std::string_view text, const exec_plugin& plugin);

/// Runs the plugin and waits for it, `timeout` at the longest or until `stop`; then the program and
/// its children are killed. Blocks: call it on a thread of its own.
exec_outcome run_exec_plugin(const cluster_access& access, milliseconds timeout,
                             const std::atomic<bool>& stop);

}  // namespace scaleops::kube
