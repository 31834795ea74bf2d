// Where objects live in the API: group, version and plural of every kind that we speak.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops::kube {

struct resource_type {
  std::string base;    // "/api/v1", "/apis/apps/v1"
  std::string plural;  // "pods"
  std::string kind;    // "Pod"
  bool namespaced = true;

  std::string collection(std::string_view ns) const;
  std::string object(std::string_view ns, std::string_view name) const;
  /// "apps/v1", "v1"
  std::string api_version() const;
  /// "" or "apps"
  std::string group() const;
  /// The server has it in Protobuf and we can read it: Kubernetes' own types.
  bool speaks_protobuf() const;
};

/// All types that make up a kind: one, or the several kinds of workloads.
class resource_catalog {
public:
  resource_catalog();

  const std::vector<resource_type>& types_of(object_kind kind) const;
  /// Null: the catalog does not know such a workload.
  const resource_type* type_of(object_kind kind, std::string_view subkind) const;
  /// An owner kind that this cluster serves (Argo's Rollout). Ignored when known.
  void add_workload(resource_type type);

private:
  std::vector<std::vector<resource_type>> types_;  // by object_kind
};

/// Whether a name can stand in a path as it is.
bool is_path_segment(std::string_view name);

/// For query strings.
std::string percent_encoded(std::string_view text);

}  // namespace scaleops::kube
