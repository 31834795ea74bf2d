#include "runtime/kube/kubeconfig.hpp"

#include <filesystem>
#include <functional>
#include <map>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "messages/crd/base64.hpp"
#include "messages/nearest.hpp"

namespace scaleops::kube {

namespace {

constexpr size_t most_file_bytes = 4 << 20;

/// What is wrong, found deep inside; caught at the edge.
struct wrong {
  std::string line;
};

/// One mapping of a file, with where it stands.
class section {
public:
  section(const YAML::Node& node, std::string path, std::string where)
      : node_{node}, path_{std::move(path)}, where_{std::move(where)} {
    if (node_.IsDefined() && !node_.IsNull() && !node_.IsMap())
      fail("", "is no mapping");
  }

  [[noreturn]] void fail(const std::string& field, const std::string& problem) const {
    auto at = field.empty() ? where_ : where_.empty() ? field : where_ + "." + field;
    throw wrong{fmt::format("{}: {}: {}", path_, at.empty() ? "the file" : at, problem)};
  }

  YAML::Node raw(const std::string& field) const {
    // Indexing through a const reference never inserts.
    const auto& node = node_;
    return node.IsMap() ? node[field] : YAML::Node{YAML::NodeType::Undefined};
  }
  bool has(const std::string& field) const {
    auto node = raw(field);
    return node.IsDefined() && !node.IsNull();
  }
  std::string text(const std::string& field) const {
    if (!has(field))
      return {};
    auto node = raw(field);
    if (!node.IsScalar())
      fail(field, "is no text");
    return node.Scalar();
  }
  bool flag(const std::string& field) const {
    auto value = text(field);
    if (!value.empty() && value != "true" && value != "false")
      fail(field, fmt::format("\"{}\" is neither true nor false", value.substr(0, 40)));
    return value == "true";
  }
  section inner(const std::string& field) const {
    return {has(field) ? raw(field) : YAML::Node{YAML::NodeType::Map}, path_,
            where_.empty() ? field : where_ + "." + field};
  }
  /// Elements of a list of mappings.
  std::vector<section> list(const std::string& field) const {
    std::vector<section> out;
    if (!has(field))
      return out;
    auto node = raw(field);
    if (!node.IsSequence())
      fail(field, "is no list");
    for (size_t i = 0; i < node.size(); ++i)
      out.emplace_back(node[i], path_,
                       fmt::format("{}{}{}[{}]", where_, where_.empty() ? "" : ".", field, i));
    return out;
  }
  std::vector<std::string> texts(const std::string& field) const {
    std::vector<std::string> out;
    if (!has(field))
      return out;
    auto node = raw(field);
    if (!node.IsSequence())
      fail(field, "is no list");
    for (const auto& each : node) {
      if (!each.IsScalar())
        fail(field, "holds something that is no text");
      out.push_back(each.Scalar());
    }
    return out;
  }
  std::string file(const std::string& field) const {
    auto value = text(field);
    if (value.empty() || value.front() == '/')
      return value;
    return (std::filesystem::path(path_).parent_path() / value).string();
  }
  pem_source pem(const std::string& field) const {
    auto data = text(field + "-data");
    if (data.empty())
      return {{}, file(field)};
    // kubectl takes wrapped lines as well.
    std::erase_if(data, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    auto decoded = decode_base64(data);
    if (!decoded)
      fail(field + "-data", "is no base64; put the PEM file through `base64 -w0`");
    return {*decoded, {}};
  }

private:
  YAML::Node node_;
  std::string path_, where_;
};

using named = std::map<std::string, section>;

void gather(const section& top, const std::string& lists, const std::string& field, named& into) {
  for (auto& each : top.list(lists)) {
    auto name = each.text("name");
    if (name.empty())
      each.fail("name", "is missing");
    into.try_emplace(name, each.inner(field));
  }
}

const section& find(const named& all, const std::string& name, const std::string& kind,
                    const std::string& wanted_by) {
  auto found = all.find(name);
  if (found != all.end())
    return found->second;
  if (all.empty())
    throw wrong{fmt::format("{}: there is no {} in the kubeconfig", wanted_by, kind)};
  std::vector<std::string> names;
  for (auto& [known, _] : all)
    names.push_back(known);
  throw wrong{fmt::format("{}: there is no {} \"{}\" in the kubeconfig; the nearest is \"{}\"",
                          wanted_by, kind, name, nearest(name, names))};
}

exec_plugin read_exec(const section& s) {
  exec_plugin out;
  out.command = s.text("command");
  if (out.command.empty())
    s.fail("command", "is missing: it names the credential plugin's program");
  if (out.command.find('/') != std::string::npos)
    out.command = s.file("command");
  out.args = s.texts("args");
  for (auto& each : s.list("env"))
    out.env.emplace_back(each.text("name"), each.text("value"));
  out.api_version = s.text("apiVersion");
  if (out.api_version != "client.authentication.k8s.io/v1" &&
      out.api_version != "client.authentication.k8s.io/v1beta1")
    s.fail("apiVersion", fmt::format("\"{}\" is not supported; use client.authentication.k8s.io/v1",
                                     out.api_version));
  out.install_hint = s.text("installHint");
  out.provide_cluster_info = s.flag("provideClusterInfo");
  if (s.text("interactiveMode") == "Always")
    s.fail("interactiveMode", "Always needs a terminal; use IfAvailable or Never");
  return out;
}

void read_cluster(const section& s, cluster_access& out, std::vector<std::string>& warnings) {
  auto server = s.text("server");
  if (server.empty())
    s.fail("server", "is missing: it is the API server's address (https://HOST:PORT)");
  auto url = parse_url(server);
  if (!url)
    s.fail("server", fmt::format("\"{}\" is no http or https address", server.substr(0, 80)));
  out.server = *url;
  out.ca = s.pem("certificate-authority");
  out.tls_server_name = s.text("tls-server-name");
  out.insecure = s.flag("insecure-skip-tls-verify");
  out.proxy_url = s.text("proxy-url");
  if (out.insecure && !out.ca.empty())
    s.fail("insecure-skip-tls-verify",
           "is set beside a certificate authority; remove one of the two");
  if (out.insecure)
    warnings.push_back(fmt::format(
      "insecure-skip-tls-verify is set for {}: anybody on the way can read and change what is "
      "said, credentials included; set certificate-authority-data instead",
      out.server.to_string()));
  if (!out.server.tls)
    warnings.push_back(
      fmt::format("{} is not encrypted; use https unless it is a local proxy", server));
}

void read_user(const section& s, cluster_access& out) {
  if (s.has("auth-provider"))
    s.fail("auth-provider", "was removed from Kubernetes in 1.26; use an exec plugin");
  out.certificate = s.pem("client-certificate");
  out.key = s.pem("client-key");
  if (out.certificate.empty() != out.key.empty())
    s.fail(out.key.empty() ? "client-key" : "client-certificate",
           "is missing: certificate and key go together");
  out.token = s.text("token");
  out.token_file = s.file("tokenFile");
  out.user = s.text("username");
  out.password = s.text("password");
  out.impersonate = s.text("as");
  out.impersonate_groups = s.texts("as-groups");
  if (s.has("exec"))
    out.exec = read_exec(s.inner("exec"));
  for (auto* value : {&out.token, &out.impersonate})
    for (unsigned char c : *value)
      if (c <= ' ' || c == 127)
        s.fail(value == &out.token ? "token" : "as", "holds a blank or control character");
}

}  // namespace

kubeconfig_result parse_kubeconfig(const std::vector<kubeconfig_file>& files,
                                   const std::string& context) {
  kubeconfig_result out;
  try {
    named clusters, users, contexts;
    auto wanted = context;
    for (auto& file : files) {
      if (file.text.size() > most_file_bytes)
        throw wrong{fmt::format("{}: is larger than 4 MiB, which no kubeconfig is", file.path)};
      section top{YAML::Load(file.text), file.path, ""};
      gather(top, "clusters", "cluster", clusters);
      gather(top, "users", "user", users);
      gather(top, "contexts", "context", contexts);
      if (wanted.empty())
        wanted = top.text("current-context");
    }
    auto where = files.empty() ? std::string("kubeconfig") : files.front().path;
    if (wanted.empty())
      throw wrong{fmt::format("{}: current-context is not set; name one with --context", where)};
    auto& chosen = find(contexts, wanted, "context", context.empty() ? where : "--context");
    cluster_access access;
    access.name = wanted;
    auto cluster = chosen.text("cluster"), user = chosen.text("user");
    if (cluster.empty())
      chosen.fail("cluster", "is missing");
    read_cluster(find(clusters, cluster, "cluster", fmt::format("context \"{}\"", wanted)), access,
                 out.warnings);
    if (!user.empty())
      read_user(find(users, user, "user", fmt::format("context \"{}\"", wanted)), access);
    access.ns = chosen.text("namespace");
    out.access = std::move(access);
  } catch (const wrong& problem) {
    out.problem = problem.line;
  } catch (const YAML::Exception& e) {
    out.problem =
      fmt::format("{}: line {}: is no YAML: {}", files.empty() ? "kubeconfig" : files.back().path,
                  e.mark.line + 1, e.msg);
  }
  if (!out.problem.empty())
    out.access.reset();
  return out;
}

}  // namespace scaleops::kube
