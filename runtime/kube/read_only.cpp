#include "runtime/kube/read_only.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace scaleops::kube {

namespace {

constexpr std::array<std::string_view, 5> reviews = {
  "/apis/authentication.k8s.io/v1/tokenreviews",
  "/apis/authentication.k8s.io/v1/selfsubjectreviews",
  "/apis/authorization.k8s.io/v1/subjectaccessreviews",
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
  "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"};

constexpr std::array<std::string_view, 4> acting = {"exec", "attach", "portforward", "proxy"};

constexpr std::array<std::string_view, 2> node_metrics = {"metrics/resource", "metrics/cadvisor"};

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    path = slash == path.npos ? std::string_view{} : path.substr(slash + 1);
  }
  return out;
}

template <size_t N>
bool holds(const std::array<std::string_view, N>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool harmless_path(std::string_view path) {
  // Encoded or doubled slashes and dots could be read otherwise by the server than here.
  if (!path.starts_with('/') || path.find("//") != path.npos || path.find("..") != path.npos ||
      path.find('%') != path.npos || path.find('\\') != path.npos)
    return false;
  constexpr std::string_view nodes = "/api/v1/nodes/";
  if (path.starts_with(nodes)) {
    auto rest = path.substr(nodes.size());
    auto slash = rest.find('/');
    if (slash == rest.npos)
      return true;
    rest.remove_prefix(slash + 1);
    if (rest.starts_with("proxy/"))
      return holds(node_metrics, rest.substr(6));
  }
  // api/VERSION/[namespaces/NS/]RESOURCE/NAME/SUBRESOURCE..., apis/GROUP/VERSION/... likewise. Only
  // from the subresource on do the words have their meaning: a pod may be called "proxy".
  auto parts = segments(path.substr(1));
  size_t resource = parts[0] == "apis" ? 3 : 2;
  if (parts.size() > resource && parts[resource] == "proxy")
    return false;
  if (parts.size() > resource + 2 && parts[resource] == "namespaces")
    resource += 2;
  for (size_t i = resource + 2; i < parts.size(); ++i)
    if (holds(acting, parts[i]))
      return false;
  return true;
}

}  // namespace

bool changes_nothing(std::string_view method, std::string_view target) {
  auto path = target.substr(0, target.find('?'));
  if (method == "GET")
    return harmless_path(path);
  return method == "POST" && holds(reviews, path);
}

}  // namespace scaleops::kube
