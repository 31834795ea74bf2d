// One reader for each built-in kind, for both encodings: `View` is json_view or wire_view. For the
// decoders only.
#pragma once

#include <charconv>

#include "messages/objects.hpp"
#include "runtime/kube/codec/json.hpp"
#include "runtime/kube/codec/wire_view.hpp"

namespace scaleops::kube {

/// A resourceVersion as a number; 0: none.
inline uint64_t version_of(std::string_view words) {
  uint64_t out = 0;
  std::from_chars(words.data(), words.data() + words.size(), out);
  return out;
}

/// Whether a bookmark's object says that all objects have been told (KEP-3157).
template <class View>
bool ends_initial_events(View object) {
  auto notes = object["metadata"]["annotations"].texts();
  auto found = notes.find("k8s.io/initial-events-end");
  return found != notes.end() && found->second == "true";
}

template <class View>
metadata read_metadata(View object);
template <class View>
std::vector<container_spec> read_containers(View pod_spec);

template <class View>
pod read_pod(View object);
template <class View>
workload read_workload(View object, const std::string& kind);

/// Any built-in kind; `subkind` says which workload.
template <class View>
object read_built_in(object_kind kind, const std::string& subkind, View object);

}  // namespace scaleops::kube
