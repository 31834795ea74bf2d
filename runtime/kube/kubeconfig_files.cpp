// Where kubeconfigs and pod accounts stand on disk.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "runtime/kube/kubeconfig.hpp"

namespace scaleops::kube {

namespace {

constexpr const char* account = "/var/run/secrets/kubernetes.io/serviceaccount/";

bool read_file(const std::string& path, std::string& into) {
  std::ifstream in{path, std::ios::binary};
  if (!in || std::filesystem::is_directory(path))
    return false;
  into.assign(std::istreambuf_iterator<char>{in}, {});
  return true;
}

std::vector<std::string> split(const std::string& paths) {
  std::vector<std::string> out;
  size_t begin = 0;
  for (;;) {
    auto colon = paths.find(':', begin);
    if (auto part = paths.substr(begin, colon - begin); !part.empty())
      out.push_back(part);
    if (colon == paths.npos)
      return out;
    begin = colon + 1;
  }
}

}  // namespace

kubeconfig_result load_kubeconfig(const std::string& paths, const std::string& context) {
  auto names = split(paths);
  std::string from = "--kubeconfig";
  if (names.empty()) {
    names = split(environment_variable("KUBECONFIG"));
    from = "KUBECONFIG";
  }
  if (names.empty()) {
    names.push_back(environment_variable("HOME") + "/.kube/config");
    from = "the default kubeconfig";
  }
  std::vector<kubeconfig_file> files;
  for (auto& name : names) {
    kubeconfig_file file{name, {}};
    if (read_file(name, file.text))
      files.push_back(std::move(file));
  }
  if (files.empty()) {
    kubeconfig_result out;
    out.problem = fmt::format("{}: {} cannot be read; name a kubeconfig with --kubeconfig FILE",
                              from, names.front());
    return out;
  }
  return parse_kubeconfig(files, context);
}

kubeconfig_result in_cluster_access() {
  kubeconfig_result out;
  auto host = environment_variable("KUBERNETES_SERVICE_HOST");
  auto port = environment_variable("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    out.problem =
      "KUBERNETES_SERVICE_HOST is not set: this is no pod of a cluster; give --kubeconfig FILE";
    return out;
  }
  cluster_access access;
  access.name = "in-cluster";
  access.server.host = host;
  access.server.port = port;
  access.ca.file = std::string(account) + "ca.crt";
  access.token_file = std::string(account) + "token";
  read_file(std::string(account) + "namespace", access.ns);
  std::string probe;
  for (auto& path : {access.ca.file, access.token_file})
    if (!read_file(path, probe)) {
      out.problem = fmt::format(
        "{} cannot be read; let the pod have its account (automountServiceAccountToken: true)",
        path);
      return out;
    }
  out.access = std::move(access);
  return out;
}

}  // namespace scaleops::kube
