// Addresses of API servers and proxies, and which proxy a server is reached through.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace scaleops::kube {

struct base_url {
  bool tls = true;
  std::string host;  // without brackets
  std::string port;
  std::string path;       // "" or "/prefix", never with a slash at its end
  std::string user_info;  // "user:password", decoded; proxies only

  /// For the Host header: brackets around IPv6, no default port.
  std::string authority() const;
  std::string to_string() const;
};

/// Absent when the text is no http or https address.
std::optional<base_url> parse_url(std::string_view text);

/// Looks an environment variable up; empty when it is not set.
using variable_lookup = std::function<std::string(const std::string&)>;
std::string environment_variable(const std::string& name);

/// Whether NO_PROXY's value exempts the host: names and their sub-domains, addresses, networks in
/// CIDR form, each with an optional port; "*" exempts all. Loopback is always exempt.
bool exempt_from_proxy(const base_url& server, std::string_view no_proxy);

struct proxy_choice {
  std::optional<base_url> proxy;  // absent: straight to the server
  std::string problem;            // one line, when a proxy is set that cannot be used
};

/// `configured` is the kubeconfig's proxy-url and wins; else HTTPS_PROXY or HTTP_PROXY by the
/// server's scheme, less NO_PROXY. Lower-case names count as well.
proxy_choice choose_proxy(const base_url& server, const std::string& configured,
                          const variable_lookup& variable);

}  // namespace scaleops::kube
