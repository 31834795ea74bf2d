// Pods by name, as they pass by in lists and watches: usage is told by name and wants its pod. The
// names are read in the pods, not kept a second time.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "messages/objects.hpp"

namespace scaleops::kube {

class pod_index {
public:
  struct name {
    std::string_view ns, name;
  };

  /// A list of all pods, page by page: once complete it replaces what was known.
  void page(const std::vector<object_ptr>& items, bool first, bool last) {
    if (first)
      fresh_.clear();
    fresh_.insert(items.begin(), items.end());
    if (!last)
      return;
    pods_ = std::exchange(fresh_, {});
    by_node_ = {pods_.begin(), pods_.end()};
  }

  void apply(const watch_event& event) {
    if (!event.object)
      return;
    if (auto before = pods_.find(event.object); before != pods_.end()) {
      by_node_.erase(*before);
      pods_.erase(before);
    }
    if (event.what == watch_event::type::deleted)
      return;
    pods_.insert(event.object);
    by_node_.insert(event.object);
  }

  object_ptr find(const name& which) const {
    auto found = pods_.find(which);
    return found == pods_.end() ? nullptr : *found;
  }
  bool empty() const { return pods_.empty(); }
  size_t size() const { return pods_.size(); }

  template <class F>
  void each_on(const std::string& node, F&& f) const {
    for (auto at = by_node_.lower_bound(node); at != by_node_.end() && node_of(**at) == node; ++at)
      f(*at);
  }

private:
  using place = std::tuple<std::string_view, std::string_view, std::string_view>;

  static const std::string& node_of(const object& value) { return std::get<pod>(value).node; }

  struct by_name {
    using is_transparent = void;
    static place of(const name& value) { return {value.ns, value.name, {}}; }
    static place of(const object_ptr& value) {
      return of({meta_of(*value).ns, meta_of(*value).name});
    }
    bool operator()(const auto& a, const auto& b) const { return of(a) < of(b); }
  };
  struct by_node {
    using is_transparent = void;
    static place of(const std::string& node) { return {node, {}, {}}; }
    static place of(const object_ptr& value) {
      return {node_of(*value), meta_of(*value).ns, meta_of(*value).name};
    }
    bool operator()(const auto& a, const auto& b) const { return of(a) < of(b); }
  };

  std::set<object_ptr, by_name> pods_, fresh_;
  std::set<object_ptr, by_node> by_node_;
};

}  // namespace scaleops::kube
