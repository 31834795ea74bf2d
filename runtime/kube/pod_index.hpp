// Pods by name, as they pass by in lists and watches: usage is told by name and wants its pod.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops::kube {

class pod_index {
public:
  using name = std::pair<std::string, std::string>;  // namespace, name

  /// A list of all pods, page by page: once complete it replaces what was known.
  void page(const std::vector<object_ptr>& items, bool first, bool last) {
    if (first)
      fresh_.clear();
    for (auto& item : items)
      fresh_.insert_or_assign(name_of(*item), item);
    if (last)
      pods_ = std::exchange(fresh_, {});
  }

  void apply(const watch_event& event) {
    if (!event.object)
      return;
    if (event.what == watch_event::type::deleted)
      pods_.erase(name_of(*event.object));
    else
      pods_.insert_or_assign(name_of(*event.object), event.object);
  }

  object_ptr find(const name& which) const {
    auto found = pods_.find(which);
    return found == pods_.end() ? nullptr : found->second;
  }
  bool empty() const { return pods_.empty(); }
  size_t size() const { return pods_.size(); }

  template <class F>
  void each_on(const std::string& node, F&& f) const {
    for (auto& [name, object] : pods_)
      if (std::get<pod>(*object).node == node)
        f(name, object);
  }

private:
  static name name_of(const object& value) {
    auto& meta = meta_of(value);
    return {meta.ns, meta.name};
  }
  std::map<name, object_ptr> pods_, fresh_;
};

}  // namespace scaleops::kube
