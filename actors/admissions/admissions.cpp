#include "actors/admissions/admissions.hpp"

#include <array>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/watch_health.hpp"
#include "actors/common/watcher.hpp"
#include "messages/watch.hpp"

namespace scaleops {

namespace {

constexpr std::array watched = {
  object_kind::namespace_object, object_kind::custom_owner_grouping, object_kind::policy,
  object_kind::limit_range,      object_kind::resource_quota,        object_kind::node,
  object_kind::workload,         object_kind::automated_namespace,   object_kind::recommendation};

constexpr size_t verdict_count = static_cast<size_t>(admission_verdict::would_break) + 1;

using self_actor = admissions_actor::extend_with<objects_sink_actor>;

struct admissions_state {
  static inline const char* name = "admissions";
  explicit admissions_state(self_actor::pointer self) : self{self} {}

  self_actor::pointer self;
  admissions_config cfg;
  component_env env;
  admission_snapshot snapshot;
  watch_health health{watched};
  uint64_t answered = 0;
  std::array<prometheus::Counter*, verdict_count> reviews{};
  prometheus::Gauge* known = nullptr;
  prometheus::Gauge* in_step = nullptr;

  void start() {
    snapshot.board = decision_board{cfg.policies};
    register_metrics();
    for (auto kind : watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
  }

  admission_response on_review(const admission_review& review) {
    snapshot.lost_since = health.lost_since();
    auto answer = decide(review, snapshot, cfg.patch, now());
    ++answered;
    reviews[static_cast<size_t>(answer.verdict)]->Increment();
    return answer;
  }

  void on_recommendation(const recommendation_made& made) {
    snapshot.board.on_message(made.recommendation, snapshot.view);
  }

  void on_objects(const objects_changed& news) {
    health.on_news(news.kind);
    for (auto& event : news.events) {
      snapshot.view.apply(event);
      snapshot.board.on_object(event, snapshot.view);
    }
    if (news.kind == object_kind::node)
      snapshot.largest_node = snapshot.view.largest_node();
    known->Set(double(snapshot.view.recommendations.size()));
  }

  void on_synced(const watch_synced& sync) {
    health.on_synced(sync.kind);
    follow();
  }

  void on_lost(const watch_lost& lost) {
    health.on_lost(lost.kind, now());
    follow();
  }

  void follow() {
    snapshot.complete = health.complete();
    in_step->Set(snapshot.complete && !health.lost_since() ? 1 : 0);
  }

  component_status on_status() {
    component_status status{component::admissions, health.complete(), health.describe(), now(),
                            answered};
    if (status.ready && status.detail.empty())
      status.detail =
        fmt::format("{} recommendations, {} workloads in the snapshot",
                    snapshot.view.recommendations.size(), snapshot.view.workloads.size());
    return status;
  }

  instant now() { return env.anchor.at(self->clock().now()); }

  void register_metrics() {
    auto& family = prometheus::BuildCounter()
                     .Name("scaleops_admissions_reviews_total")
                     .Help("Pods reviewed at creation, by verdict")
                     .Register(*env.registry);
    for (size_t i = 0; i < verdict_count; ++i)
      reviews[i] =
        &family.Add({{"verdict", std::string(to_string(static_cast<admission_verdict>(i)))}});
    auto gauge = [&](const char* name, const char* help) {
      return &prometheus::BuildGauge().Name(name).Help(help).Register(*env.registry).Add({});
    };
    known = gauge("scaleops_admissions_recommendations", "Recommendations in the snapshot");
    in_step = gauge("scaleops_admissions_in_step", "1 while every watch is up and was listed");
  }
};

self_actor::behavior_type admissions(self_actor::stateful_pointer<admissions_state> self,
                                     admissions_config cfg, component_env env) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.start();
  return {// component
          [&st](status_query) { return st.on_status(); },
          // admissions
          [&st](const admission_review& review) { return st.on_review(review); },
          [&st](const recommendation_made& made) { st.on_recommendation(made); },
          // objects sink
          [&st](const objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); }};
}

}  // namespace

admissions_actor spawn_admissions(caf::actor_system& sys, admissions_config cfg,
                                  component_env env) {
  return sys.spawn(admissions, std::move(cfg), std::move(env));
}

}  // namespace scaleops
