#include "runtime/component/peers.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "runtime/peer/peer_gate.hpp"

namespace scaleops {

namespace {

constexpr const char* metrics_port = "9102";
constexpr const char* peers_port = "9443";

bool has_gate(component which) {
  return which == component::recommender || which == component::updater;
}

kube::base_url service_url(bool tls, component which, const std::string& ns, const char* port) {
  kube::base_url url;
  url.tls = tls;
  url.host = peer::service_name(which, ns);
  url.port = port;
  return url;
}

}  // namespace

std::vector<component> spoken_to(component which) {
  switch (which) {
    case component::agent:
      return {component::recommender};
    case component::updater:
      return {component::admissions};
    case component::dashboards:
      return {component::agent, component::recommender, component::admissions, component::updater,
              component::healthcheck};
    case component::healthcheck:
      return {component::agent, component::recommender, component::admissions, component::updater,
              component::dashboards};
    case component::recommender:
    case component::admissions:
      return {};
  }
  return {};
}

peer::remote_config remote_config_of(const component_options& options, component which,
                                     uint64_t seed) {
  peer::remote_config config;
  config.which = which;
  config.seed = seed;
  config.status = service_url(false, which, options.ns, metrics_port);
  auto gate = service_url(true, which, options.ns, peers_port);
  auto named = [&](const peer_address& each) { return each.which == which; };
  auto given = std::find_if(options.peers.begin(), options.peers.end(), named);
  if (given != options.peers.end()) {
    config.status = given->status;
    if (given->gate)
      gate = *given->gate;
  }
  bool speaks = options.which == component::agent || options.which == component::dashboards;
  if (!has_gate(which) || !speaks)
    return config;
  config.peer.emplace();
  config.peer->name = to_string(which);
  config.peer->server = gate;
  config.peer->tls_server_name = peer::service_name(which, options.ns);
  config.peer->ca.file = fmt::format("{}/{}.crt", options.peer_credentials, to_string(which));
  config.peer->token_file = options.peer_credentials + "/token";
  return config;
}

dashboards::logic::access_rules access_of(const component_options& options) {
  using dashboards::logic::role;
  dashboards::logic::access_rules rules;
  for (auto& given : options.access) {
    dashboards::logic::role_binding binding;
    binding.grants = given.role == access_role::admin       ? role::admin
                     : given.role == access_role::operator_ ? role::operator_
                                                            : role::viewer;
    (given.group ? binding.groups : binding.users).push_back(given.name);
    if (!given.ns.empty())
      binding.namespaces.push_back(given.ns);
    rules.bindings.push_back(std::move(binding));
  }
  return rules;
}

}  // namespace scaleops
