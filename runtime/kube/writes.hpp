// The port's writes and reviews as API calls.
#pragma once

#include <functional>
#include <string>

#include "messages/kube.hpp"
#include "runtime/kube/client_core.hpp"

namespace scaleops::kube {

/// A call made up from a message, or why there is none.
struct prepared_call {
  api_call call;
  std::string what;  // "update leases scaleops-system/agent", for messages
  object_kind kind = object_kind::pod;
  const resource_type* type = nullptr;  // of the object in the answer
  api_failure failure;                  // code none: the call is good
};

prepared_call prepare(const client_core& core, const get_query& query);
prepared_call prepare(const client_core& core, const create_object& wish);
prepared_call prepare(const client_core& core, const update_object& wish);
prepared_call prepare(const client_core& core, const patch_metadata& wish);
prepared_call prepare(const client_core& core, const delete_object& wish);
prepared_call prepare(const client_core& core, const resize_pod& wish);
prepared_call prepare(const client_core& core, const evict_pod& wish);

}  // namespace scaleops::kube
