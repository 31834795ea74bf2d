// A component's view of all objects of one type, fed by a watcher. Keys are views into the objects
// themselves, so that a hundred thousand pods cost no second copy of their names. They are kept in
// order for who walks them, and hashed for who asks for one: a search by order touches a dozen
// objects that no processor cache holds.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

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

  object_cache() = default;
  object_cache(object_cache&&) = default;
  object_cache& operator=(object_cache&&) = default;
  /// The copy shares the objects and has an index of its own, which points into its own map.
  object_cache(const object_cache& other) : entries_{other.entries_} {
    index_.reserve(entries_.size());
    for (auto& each : entries_)
      index_.insert(&each);
  }
  object_cache& operator=(const object_cache& other) {
    *this = object_cache{other};
    return *this;
  }

  change apply(const watch_event& event) {
    auto now = object_cast<T>(event.object);
    if (!now)
      return {};
    auto key = name_of(*now);
    change result;
    auto known = index_.find(key);
    if (known != index_.end())
      result.before = (*known)->second;
    if (event.what == watch_event::type::deleted) {
      if (!result.before) {
        result.before = now;
      } else {
        index_.erase(known);
        entries_.erase(key);
      }
      return result;
    }
    result.after = now;
    if (!result.before) {
      index_.insert(&*entries_.emplace(key, std::move(now)).first);
    } else {
      // The key must point into the object that stays alive; the entry keeps its place in memory.
      auto node = entries_.extract(key);
      node.key() = key;
      node.mapped() = std::move(now);
      entries_.insert(std::move(node));
    }
    return result;
  }

  /// Null where there is none.
  pointer find(std::string_view ns, std::string_view object, std::string_view subkind = {}) const {
    auto found = index_.find(name{ns, subkind, object});
    return found == index_.end() ? nullptr : (*found)->second;
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
  using entry = typename map_type::value_type;

  struct name_hash {
    using is_transparent = void;
    size_t operator()(const name& of) const {
      std::hash<std::string_view> hash;
      size_t out = hash(of.object);
      boost::hash_combine(out, hash(of.ns));
      boost::hash_combine(out, hash(of.subkind));
      return out;
    }
    size_t operator()(const entry* of) const { return (*this)(of->first); }
  };

  struct same_name {
    using is_transparent = void;
    static const name& of(const name& one) { return one; }
    static const name& of(const entry* one) { return one->first; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return of(a) == of(b);
    }
  };

  static name name_of(const T& value) {
    std::string_view subkind;
    if constexpr (std::is_same_v<T, workload>)
      subkind = value.kind;
    return {value.meta.ns, subkind, value.meta.name};
  }

  map_type entries_;
  boost::unordered_flat_set<const entry*, name_hash, same_name> index_;
};

}  // namespace scaleops
