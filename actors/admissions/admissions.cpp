#include "actors/admissions/admissions.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/watcher.hpp"

namespace scaleops {

namespace {

using admissions_self = admissions_feed_actor::extend_with<objects_sink_actor>;

struct admissions_state {
  static inline const char* name = "admissions";
  explicit admissions_state(admissions_self::pointer self) : self{self} {}

  admissions_self::pointer self;
  admissions_config cfg;
  component_env env;
  snapshot_keeper keeper;
  uint64_t answered = 0;
  std::vector<snapshot_follower_actor> followers;
  std::array<prometheus::Counter*, admission_verdict_count> reviews{};
  prometheus::Gauge* known = nullptr;
  prometheus::Gauge* in_step = nullptr;

  void start() {
    keeper = snapshot_keeper{cfg.policies};
    register_metrics();
    for (auto kind : admissions_watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
  }

  admission_response on_review(const admission_review& review) {
    auto answer = decide(review, keeper.snapshot(), cfg.patch, now());
    ++answered;
    reviews[static_cast<size_t>(answer.verdict)]->Increment();
    return answer;
  }

  void on_recommendation(const recommendation_made& made) {
    keeper.on_recommendation(made);
    pass_on(made);
  }

  void on_objects(const objects_changed& news) {
    keeper.on_objects(news);
    known->Set(double(keeper.snapshot().view.recommendations.size()));
    pass_on(news);
  }

  void on_synced(const watch_synced& sync) {
    keeper.on_synced(sync);
    show_step();
    pass_on(sync);
  }

  void on_lost(const watch_lost& lost) {
    keeper.on_lost(lost, now());
    show_step();
    pass_on(lost);
  }

  void show_step() {
    auto& snapshot = keeper.snapshot();
    in_step->Set(snapshot.complete && !snapshot.lost_since ? 1 : 0);
  }

  void on_follow(const follow_snapshot& wish) {
    self->monitor(wish.follower);
    std::erase(followers, wish.follower);
    followers.push_back(wish.follower);
    self->send(wish.follower, snapshot_taken{std::make_shared<const snapshot_keeper>(keeper)});
  }

  void on_down(const caf::down_msg& down) {
    std::erase_if(followers, [&](auto& each) { return each.address() == down.source; });
  }

  template <class News>
  void pass_on(const News& news) {
    for (auto& each : followers)
      self->send(each, news);
  }

  component_status on_status() {
    auto& health = keeper.health();
    auto& view = keeper.snapshot().view;
    component_status status{component::admissions, health.complete(), health.describe(), now(),
                            answered};
    if (status.ready && status.detail.empty())
      status.detail = fmt::format("knows {} recommendations and {} workloads",
                                  view.recommendations.size(), view.workloads.size());
    return status;
  }

  instant now() { return env.anchor.at(self->clock().now()); }

  void register_metrics() {
    auto& family = prometheus::BuildCounter()
                     .Name("scaleops_admissions_reviews_total")
                     .Help("Pods reviewed at creation, by verdict")
                     .Register(*env.registry);
    for (size_t i = 0; i < admission_verdict_count; ++i)
      reviews[i] =
        &family.Add({{"verdict", std::string(to_string(static_cast<admission_verdict>(i)))}});
    auto gauge = [&](const char* name, const char* help) {
      return &prometheus::BuildGauge().Name(name).Help(help).Register(*env.registry).Add({});
    };
    known = gauge("scaleops_admissions_recommendations", "Recommendations in the snapshot");
    in_step = gauge("scaleops_admissions_in_step", "1 while every watch is up and was listed");
  }
};

admissions_self::behavior_type admissions(admissions_self::stateful_pointer<admissions_state> self,
                                          admissions_config cfg, component_env env) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  self->set_down_handler([&st](const caf::down_msg& down) { st.on_down(down); });
  st.start();
  return {// component
          [&st](status_query) { return st.on_status(); },
          // admissions
          [&st](const admission_review& review) { return st.on_review(review); },
          [&st](const recommendation_made& made) { st.on_recommendation(made); },
          // feed
          [&st](const follow_snapshot& wish) { st.on_follow(wish); },
          [&st](const reviews_answered& more) { st.answered += more.count; },
          // objects sink
          [&st](const objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); }};
}

}  // namespace

admissions_feed_actor spawn_admissions(caf::actor_system& sys, admissions_config cfg,
                                       component_env env) {
  return sys.spawn(admissions, std::move(cfg), std::move(env));
}

}  // namespace scaleops
