#include "runtime/config/component_kinds.hpp"

#include "messages/component_names.hpp"

namespace scaleops::config {

namespace {

bool read_peer(std::string_view text, peer_address& out) {
  auto equals = text.find('=');
  if (equals == text.npos)
    return false;
  auto name = text.substr(0, equals);
  auto rest = text.substr(equals + 1);
  auto plus = rest.find('+');
  auto which = component_named(name);
  auto status = kube::parse_url(rest.substr(0, plus));
  if (!which || !status)
    return false;
  peer_address read{*which, *status, {}};
  if (plus != rest.npos) {
    read.gate = kube::parse_url(rest.substr(plus + 1));
    if (!read.gate || !read.gate->tls)
      return false;
  }
  out = std::move(read);
  return true;
}

bool read_access(std::string_view text, access_grant& out) {
  auto equals = text.find('=');
  if (equals == text.npos)
    return false;
  auto role = text.substr(0, equals);
  auto whom = text.substr(equals + 1);
  access_grant read;
  if (auto slash = role.find('/'); slash != role.npos) {
    read.ns = role.substr(slash + 1);
    role = role.substr(0, slash);
    if (read.ns.empty())
      return false;
  }
  if (role == "viewer")
    read.role = access_role::viewer;
  else if (role == "operator")
    read.role = access_role::operator_;
  else if (role == "admin")
    read.role = access_role::admin;
  else
    return false;
  auto colon = whom.find(':');
  auto kind = whom.substr(0, colon);
  if (colon == whom.npos || colon + 1 == whom.size() || (kind != "user" && kind != "group"))
    return false;
  read.group = kind == "group";
  read.name = whom.substr(colon + 1);
  out = std::move(read);
  return true;
}

}  // namespace

kind<peer_address> peer_addresses() {
  return {"NAME=URL[+URL]",
          "a component, '=', the http address of its metrics and, after a '+', the https address "
          "where it takes messages",
          read_peer, [](const peer_address&) { return std::string{}; }};
}

kind<access_grant> access() {
  return {"ROLE=WHOM",
          "viewer, operator or admin, with /NAMESPACE where it holds there only, '=', user:NAME or "
          "group:NAME",
          read_access, [](const access_grant&) { return std::string{}; }};
}

kind<std::string> https_url() {
  return {"URL", "an https address",
          [](std::string_view text, std::string& out) {
            auto url = kube::parse_url(text);
            if (!url || !url->tls)
              return false;
            out = text;
            return true;
          },
          [](const std::string& value) { return value; }};
}

}  // namespace scaleops::config
