// How well a component's caches follow the cluster, from what its watchers say.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "messages/errors.hpp"
#include "messages/objects.hpp"

namespace scaleops {

class watch_health {
public:
  /// `spared`: kinds without which the component can do a part of its work, where the right to see
  /// them is missing.
  explicit watch_health(std::span<const object_kind> expected,
                        std::span<const object_kind> spared = {})
      : missing_(expected.begin(), expected.end()), spared_(spared.begin(), spared.end()) {}

  void on_synced(object_kind kind) {
    missing_.erase(kind);
    on_news(kind);
  }
  void on_news(object_kind kind) {
    lost_.erase(kind);
    denied_.erase(kind);
  }
  void on_lost(object_kind kind, instant now, ec reason) {
    lost_.emplace(kind, now);
    if (reason == ec::forbidden && spared_.contains(kind))
      denied_.insert(kind);
  }

  /// A spared kind that we may not see at present.
  bool unseen(object_kind kind) const { return denied_.contains(kind); }

  /// Every kind has been listed at least once, or is done without.
  bool complete() const {
    return std::includes(denied_.begin(), denied_.end(), missing_.begin(), missing_.end());
  }

  /// Since when at least one watch has been down that is not done without.
  std::optional<instant> lost_since() const {
    std::optional<instant> first;
    for (auto& [kind, since] : lost_)
      if (!unseen(kind))
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
  std::set<object_kind> spared_;
  std::set<object_kind> denied_;
  std::map<object_kind, instant> lost_;
};

}  // namespace scaleops
