// Any text as a kubeconfig: never a crash, and either an access or one line of what is wrong.
#include <cstdlib>
#include <string>

#include "runtime/kube/exec_credential.hpp"
#include "runtime/kube/kubeconfig.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops::kube;
  std::string text{reinterpret_cast<const char*>(data), size};
  auto out = parse_kubeconfig({{"/dir/config", text}}, {});
  if (out.access.has_value() == !out.problem.empty())
    std::abort();
  if (out.access && (out.access->server.host.empty() || out.access->server.port.empty()))
    std::abort();
  if (out.access)
    for (unsigned char c : out.access->token)
      if (c <= ' ')
        std::abort();  // it would break the request's head
  exec_plugin plugin;
  plugin.api_version = "client.authentication.k8s.io/v1";
  auto credential = parse_exec_credential(text, plugin);
  if (credential.credential.has_value() == !credential.problem.empty())
    std::abort();
  return 0;
}
