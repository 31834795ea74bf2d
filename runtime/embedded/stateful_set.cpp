// StatefulSets: pods with ordinals, made in order, renewed from the highest ordinal down, one at a
// time.
#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "runtime/embedded/parts.hpp"

namespace scaleops::embedded {

namespace {

int32_t ordinal_of(const std::string& pod_name) {
  auto dash = pod_name.rfind('-');
  int32_t value = -1;
  if (dash != pod_name.npos)
    std::from_chars(pod_name.data() + dash + 1, pod_name.data() + pod_name.size(), value);
  return value;
}

}  // namespace

void reconcile_stateful_set(cluster_state& s, uint32_t owner) {
  auto& r = s.owners[owner];
  auto hash = template_hash(s.owner_of(owner));
  auto wanted = s.owner_of(owner).replicas;
  std::map<int32_t, uint32_t> by_ordinal;  // terminating ones hold their name
  for (auto pod_index : r.pods)
    by_ordinal[ordinal_of(s.pod_of(pod_index).meta.name)] = pod_index;

  owner_status status;
  status.revision = hash;
  bool all_ready = true;
  for (auto& [ordinal, pod_index] : by_ordinal) {
    if (!active(s, pod_index)) {
      all_ready = false;
      continue;
    }
    auto& value = s.pod_of(pod_index);
    auto revision = value.meta.labels.find("controller-revision-hash");
    ++status.current;
    status.ready += value.ready;
    status.updated += revision != value.meta.labels.end() && revision->second == hash;
    all_ready &= available(s, pod_index, owner);
  }

  auto over = [&] {
    for (auto& [ordinal, pod_index] : by_ordinal)
      if (!s.pods[pod_index].terminating && !active(s, pod_index)) {
        delete_pod(s, pod_index);  // ended pods are replaced under their name
        return true;
      }
    return false;
  };
  auto make_next = [&] {
    for (int32_t i = 0; i < wanted; ++i) {
      auto found = by_ordinal.find(i);
      if (found != by_ordinal.end()) {
        if (!active(s, found->second) || !s.pod_of(found->second).ready)
          return true;  // in order: wait for it
        continue;
      }
      if (r.creating > 0 || s.now < r.retry)
        return true;
      auto what = from_template(s, owner);
      what.value.meta.name = fmt::format("{}-{}", s.owner_of(owner).meta.name, i);
      what.value.meta.labels["controller-revision-hash"] = hash;
      what.value.meta.labels["apps.kubernetes.io/pod-index"] = std::to_string(i);
      spawn_pod(s, owner, std::move(what));
      return true;
    }
    return false;
  };
  auto shrink = [&] {
    auto last = by_ordinal.rbegin();
    if (last == by_ordinal.rend() || last->first < wanted)
      return false;
    delete_pod(s, last->second);
    return true;
  };
  auto renew = [&] {
    if (!all_ready || status.updated == status.current || s.owner_of(owner).paused)
      return;
    for (auto it = by_ordinal.rbegin(); it != by_ordinal.rend(); ++it) {
      auto& labels = s.pod_of(it->second).meta.labels;
      auto revision = labels.find("controller-revision-hash");
      if (revision == labels.end() || revision->second != hash)
        return delete_pod(s, it->second);
    }
  };
  if (!over() && !make_next() && !shrink())
    renew();
  write_status(s, owner, status);
}

}  // namespace scaleops::embedded
