// One reader for each built-in kind. For the decoders only.
#pragma once

#include "messages/objects.hpp"
#include "runtime/kube/codec/json.hpp"

namespace scaleops::kube {

metadata read_metadata(json_view object);
std::vector<container_spec> read_containers(json_view pod_spec);
label_selector read_selector(json_view selector);

pod read_pod(json_view object);
workload read_workload(json_view object, const std::string& kind);
node read_node(json_view object);
pod_disruption_budget read_budget(json_view object);
horizontal_pod_autoscaler read_autoscaler(json_view object);
limit_range read_limit_range(json_view object);
resource_quota read_quota(json_view object);
namespace_object read_namespace(json_view object);
lease read_lease(json_view object);
event read_event(json_view object);

/// One of the kinds above.
object read_built_in(object_kind kind, const std::string& subkind, json_view object);

}  // namespace scaleops::kube
