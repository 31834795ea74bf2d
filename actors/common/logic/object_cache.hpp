// A component's view of all objects of one type, fed by a watcher. Keys are views into the objects
// themselves, so that a hundred thousand pods cost no second copy of their names.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "messages/objects.hpp"

namespace scaleops {

template <class T>
class object_cache {
public:
  using pointer = std::shared_ptr<const T>;

  /// Order: namespace, workload kind, name.
  struct name {
    std::string_view ns;
    std::string_view subkind;
    std::string_view object;
    auto operator<=>(const name&) const = default;
  };
  using map_type = std::map<name, pointer>;

  /// What one event did: the object before (null: new) and after (null: deleted).
  struct change {
    pointer before;
    pointer after;
  };

  change apply(const watch_event& event) {
    auto now = object_cast<T>(event.object);
    if (!now)
      return {};
    change result;
    auto node = entries_.extract(name_of(*now));
    if (!node.empty())
      result.before = node.mapped();
    if (event.what == watch_event::type::deleted) {
      if (!result.before)
        result.before = now;
      return result;
    }
    result.after = now;
    if (node.empty()) {
      entries_.emplace(name_of(*now), std::move(now));
    } else {
      // The key must point into the object that stays alive.
      node.key() = name_of(*now);
      node.mapped() = std::move(now);
      entries_.insert(std::move(node));
    }
    return result;
  }

  /// Null where there is none.
  pointer find(std::string_view ns, std::string_view object, std::string_view subkind = {}) const {
    auto found = entries_.find(name{ns, subkind, object});
    return found == entries_.end() ? nullptr : found->second;
  }

  /// All of one namespace, as a pair of iterators.
  auto in_namespace(std::string_view ns) const {
    auto first = entries_.lower_bound(name{ns, {}, {}});
    auto last = first;
    while (last != entries_.end() && last->first.ns == ns)
      ++last;
    return std::pair{first, last};
  }

  const map_type& all() const { return entries_; }
  size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

private:
  static name name_of(const T& value) {
    std::string_view subkind;
    if constexpr (std::is_same_v<T, workload>)
      subkind = value.kind;
    return {value.meta.ns, subkind, value.meta.name};
  }

  map_type entries_;
};

}  // namespace scaleops
