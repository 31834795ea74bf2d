// How well a component's caches follow the cluster, from what its watchers say.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "messages/objects.hpp"

namespace scaleops {

class watch_health {
public:
  explicit watch_health(std::span<const object_kind> expected)
      : missing_(expected.begin(), expected.end()) {}

  void on_synced(object_kind kind) {
    missing_.erase(kind);
    lost_.erase(kind);
  }
  void on_news(object_kind kind) { lost_.erase(kind); }
  void on_lost(object_kind kind, instant now) { lost_.emplace(kind, now); }

  /// Every kind has been listed at least once.
  bool complete() const { return missing_.empty(); }

  /// Since when at least one watch has been down.
  std::optional<instant> lost_since() const {
    std::optional<instant> first;
    for (auto& [kind, since] : lost_)
      first = first ? std::min(*first, since) : since;
    return first;
  }

  /// "waiting for Pod, Node", "lost Pod", or empty.
  std::string describe() const {
    std::string text;
    auto add = [&](const char* what, object_kind kind) {
      text += (text.empty() ? what : ", ") + std::string(to_string(kind));
    };
    for (auto kind : missing_)
      add("waiting for ", kind);
    if (text.empty())
      for (auto& [kind, since] : lost_)
        add("lost ", kind);
    return text;
  }

private:
  std::set<object_kind> missing_;
  std::map<object_kind, instant> lost_;
};

}  // namespace scaleops
