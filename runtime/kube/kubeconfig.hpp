// Kubeconfig files: how to reach a cluster and as whom. Format:
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/kube/url.hpp"

namespace scaleops::kube {

/// PEM that stands in the configuration, or in a file that is read anew when needed.
struct pem_source {
  std::string text;  // wins
  std::string file;
  bool empty() const { return text.empty() && file.empty(); }
};

/// client.authentication.k8s.io exec plugin.
struct exec_plugin {
  std::string command;
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string api_version;
  std::string install_hint;
  bool provide_cluster_info = false;
};

/// One context: a cluster and a user of it.
struct cluster_access {
  std::string name;  // of the context, or "in-cluster"
  base_url server;
  pem_source ca;                // empty: the system's
  std::string tls_server_name;  // empty: the server's host
  bool insecure = false;        // insecure-skip-tls-verify
  std::string proxy_url;
  std::string ns;  // default namespace

  pem_source certificate, key;
  std::string token;
  std::string token_file;  // wins over `token`, read anew while running
  std::string user, password;
  std::optional<exec_plugin> exec;

  std::string impersonate;
  std::vector<std::string> impersonate_groups;
};

struct kubeconfig_file {
  std::string path;  // relative paths in it start from its directory
  std::string text;
};

struct kubeconfig_result {
  std::optional<cluster_access> access;
  std::string problem;                // one line: file, field, what is wrong, what to do
  std::vector<std::string> warnings;  // one line each
};

/// Reads the merge of the files: of entries with the same name, and of the current context, the
/// first one counts. `context` empty: the current one.
kubeconfig_result parse_kubeconfig(const std::vector<kubeconfig_file>& files,
                                   const std::string& context);

/// The same from disk. `paths` is one path or several with ':' between them, as in KUBECONFIG;
/// empty: $KUBECONFIG, else ~/.kube/config. Of several, those that are not there are passed over.
kubeconfig_result load_kubeconfig(const std::string& paths, const std::string& context);

/// The account of the pod that this process runs in.
kubeconfig_result in_cluster_access();

}  // namespace scaleops::kube
