// What etcd and the API server's caches hold: all objects in key order, one rising resource
// version, a bounded history of changes per kind, and snapshots for lists that are read in pages.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "messages/kube.hpp"
#include "runtime/embedded/outcome.hpp"

namespace scaleops::embedded {

/// How much of the past the store remembers.
struct history_limits {
  size_t events = 8192;                        // per kind
  milliseconds age = std::chrono::minutes{5};  // as etcd's compaction interval
  milliseconds page_ttl = std::chrono::minutes{5};
};

class object_store {
public:
  static constexpr uint32_t no_row = UINT32_MAX;

  /// A stored object; its address stays valid until it is erased.
  struct entry {
    mutable object_ptr value;
    mutable uint32_t row = no_row;  // index into the model's table of this kind
    template <class T>
    const T& as() const {
      return std::get<T>(*value);
    }
  };
  using handle = const entry*;

  explicit object_store(history_limits limits = {}, uint64_t seed = 1);

  uint64_t version() const { return version_; }
  size_t size(object_kind kind) const { return tables_[size_t(kind)].size(); }

  handle find(const object_key& key) const;
  handle find(object_kind kind, std::string_view ns, std::string_view name,
              std::string_view subkind = {}) const;

  /// Stores a new object: gives it a uid (unless it has one), generation 1, creation time and a
  /// resource version. The key must be free.
  handle insert(object value, instant now);

  /// Stores a new version of the same object. The caller has copied what must stay.
  const object_ptr& replace(handle at, object value, instant now);

  /// Copies the object, lets `change` alter the copy as its own type, and stores that.
  template <class T, class Change>
  const object_ptr& mutate(handle at, instant now, Change&& change) {
    object copy = *at->value;
    change(std::get<T>(copy));
    return replace(at, std::move(copy), now);
  }

  void erase(handle at, instant now);

  /// Calls `f(handle)` for all objects of a kind in key order; an empty namespace means all. `f`
  /// must not insert or erase.
  template <class F>
  void each(object_kind kind, std::string_view ns, F&& f) const {
    auto& table = tables_[size_t(kind)];
    auto it = ns.empty() ? table.begin() : table.lower_bound(key_view{ns, {}, {}});
    for (; it != table.end() && (ns.empty() || meta_of(*it->value).ns == ns); ++it)
      f(handle{&*it});
  }

  /// One page; all pages of a list show the store as it was at the first. ec::gone for a token that
  /// is too old.
  outcome<object_list> list(const list_query& query, instant now);

  // ---- the past ----

  struct change {
    watch_event event;
    instant at{};
  };
  /// Index (rising, never reused) of the first remembered and of the next change of a kind.
  uint64_t first_change(object_kind kind) const { return past_[size_t(kind)].dropped; }
  uint64_t next_change(object_kind kind) const {
    return past_[size_t(kind)].dropped + past_[size_t(kind)].changes.size();
  }
  const change& change_at(object_kind kind, uint64_t index) const {
    return past_[size_t(kind)].changes[size_t(index - past_[size_t(kind)].dropped)];
  }
  /// Index of the first change after `version`; nothing if changes after it are no longer
  /// remembered.
  std::optional<uint64_t> changes_after(object_kind kind, uint64_t version) const;

  /// Changes of all kinds that are no longer remembered.
  uint64_t forgotten() const {
    uint64_t sum = 0;
    for (auto& past : past_)
      sum += past.dropped;
    return sum;
  }
  /// Forgets what is older than the limits allow.
  void forget_old(instant now);
  /// Forgets all the past, as a compaction would.
  void compact();

private:
  struct key_view {
    std::string_view ns, name, subkind;
  };
  struct by_key {
    using is_transparent = void;
    static key_view view(const entry& e);
    static key_view view(const key_view& v) { return v; }
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      auto x = view(a), y = view(b);
      if (auto c = x.ns.compare(y.ns))
        return c < 0;
      if (auto c = x.name.compare(y.name))
        return c < 0;
      return x.subkind < y.subkind;
    }
  };
  struct past {
    std::deque<change> changes;
    uint64_t dropped = 0;            // how many changes were forgotten
    uint64_t compacted_version = 0;  // of the newest forgotten change
  };
  struct snapshot {
    std::vector<object_ptr> items;
    uint64_t version = 0;
    instant made{};
  };

  void remember(watch_event::type what, const object_ptr& value, uint64_t version, instant now);
  void drop_first(past& p);
  std::string next_uid();

  history_limits limits_;
  uint64_t seed_;
  uint64_t version_ = 0;
  uint64_t uids_ = 0;
  uint64_t snapshots_made_ = 0;
  std::array<std::set<entry, by_key>, object_kind_count> tables_;
  std::array<past, object_kind_count> past_;
  std::map<uint64_t, snapshot> snapshots_;
};

/// splitmix64: a cheap, well mixed hash for uids and noise that must not depend on the order of
/// draws.
constexpr uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// FNV-1a: names' and templates' fingerprints, the same on every machine.
constexpr uint64_t fingerprint(std::string_view text, uint64_t seed = 0xcbf29ce484222325ULL) {
  for (unsigned char c : text)
    seed = (seed ^ c) * 0x100000001b3ULL;
  return seed;
}

}  // namespace scaleops::embedded
