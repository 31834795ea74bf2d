// Pods by name, as they pass by in lists and watches: usage is told by name and wants its pod.
#pragma once

#include <map>
#include <set>
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
    if (!last)
      return;
    pods_ = std::exchange(fresh_, {});
    by_node_.clear();
    for (auto& [name, object] : pods_)
      by_node_[node_of(*object)].insert(name);
  }

  void apply(const watch_event& event) {
    if (!event.object)
      return;
    auto name = name_of(*event.object);
    if (auto before = pods_.find(name); before != pods_.end())
      by_node_[node_of(*before->second)].erase(name);
    if (event.what == watch_event::type::deleted) {
      pods_.erase(name);
      return;
    }
    by_node_[node_of(*event.object)].insert(name);
    pods_.insert_or_assign(std::move(name), event.object);
  }

  object_ptr find(const name& which) const {
    auto found = pods_.find(which);
    return found == pods_.end() ? nullptr : found->second;
  }
  bool empty() const { return pods_.empty(); }
  size_t size() const { return pods_.size(); }

  template <class F>
  void each_on(const std::string& node, F&& f) const {
    auto found = by_node_.find(node);
    if (found != by_node_.end())
      for (auto& name : found->second)
        f(name, pods_.at(name));
  }

private:
  static name name_of(const object& value) {
    auto& meta = meta_of(value);
    return {meta.ns, meta.name};
  }
  static const std::string& node_of(const object& value) { return std::get<pod>(value).node; }

  std::map<name, object_ptr> pods_, fresh_;
  std::map<std::string, std::set<name>> by_node_;
};

}  // namespace scaleops::kube
