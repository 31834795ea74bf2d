// The snapshot that reviews are decided by, kept up to date with the watchers' news. The admissions
// actor has one, and so has each thread that answers beside it: all hear the same news.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "actors/admissions/logic/patch.hpp"
#include "actors/common/watch_health.hpp"
#include "messages/recommender.hpp"
#include "messages/watch.hpp"

namespace scaleops {

/// What admissions follows.
inline constexpr std::array admissions_watched = {
  object_kind::namespace_object, object_kind::custom_owner_grouping, object_kind::policy,
  object_kind::limit_range,      object_kind::resource_quota,        object_kind::node,
  object_kind::workload,         object_kind::automated_namespace,   object_kind::recommendation};

class snapshot_keeper {
public:
  explicit snapshot_keeper(std::map<std::string, policy_spec> built_in = {}) {
    snapshot_.board = decision_board{std::move(built_in)};
  }

  void on_objects(const objects_changed& news) {
    health_.on_news(news.kind);
    for (auto& event : news.events) {
      snapshot_.view.apply(event);
      snapshot_.board.on_object(event, snapshot_.view);
    }
    if (news.kind == object_kind::node)
      snapshot_.largest_node = snapshot_.view.largest_node();
    follow();
  }
  void on_recommendation(const recommendation_made& made) {
    snapshot_.board.on_message(made.recommendation, snapshot_.view);
  }
  void on_synced(const watch_synced& sync) {
    health_.on_synced(sync.kind);
    follow();
  }
  void on_lost(const watch_lost& lost, instant now) {
    health_.on_lost(lost.kind, now, lost.reason);
    follow();
  }

  /// Whoever tells the news has been silent since then; absent: is heard.
  void on_silence(std::optional<instant> since) {
    silent_since_ = since;
    follow();
  }

  const admission_snapshot& snapshot() const { return snapshot_; }
  const watch_health& health() const { return health_; }

private:
  void follow() {
    snapshot_.complete = health_.complete();
    snapshot_.lost_since = health_.lost_since();
    if (silent_since_ && (!snapshot_.lost_since || *silent_since_ < *snapshot_.lost_since))
      snapshot_.lost_since = silent_since_;
  }

  admission_snapshot snapshot_;
  watch_health health_{admissions_watched};
  std::optional<instant> silent_since_;
};

}  // namespace scaleops
