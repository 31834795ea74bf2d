#include "actors/healthcheck/healthcheck.hpp"

#include <map>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/logic/object_cache.hpp"
#include "actors/common/watcher.hpp"
#include "actors/healthcheck/canary.hpp"
#include "actors/healthcheck/logic/judge.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

/// Try again to write this report.
struct write_report {
  object_ptr report;
  int tries = 0;
};

}  // namespace

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::write_report)

namespace scaleops {

namespace {

using healthcheck_self =
  healthcheck_actor::extend_with<objects_sink_actor>::extend<caf::reacts_to<caf::tick_atom>,
                                                             caf::reacts_to<write_report>>;

struct healthcheck_state {
  static inline const char* name = "healthcheck";
  explicit healthcheck_state(healthcheck_self::pointer self) : self{self} {}

  healthcheck_self::pointer self;
  healthcheck_config cfg;
  component_env env;
  healthcheck_peers peers;
  canary_actor canary;
  object_cache<recommendation> recommendations;
  health_report report;  // of the last finished round
  std::map<std::string, health_check> round;
  size_t awaited = 0;  // answers that the round still waits for
  uint64_t rounds = 0;
  uint64_t samples = 0;  // the agent's count at the last round
  instant samples_moved{};
  prometheus::Gauge* gate = nullptr;
  prometheus::Counter* round_counter = nullptr;
  prometheus::Family<prometheus::Gauge>* results = nullptr;

  instant now() { return env.anchor.at(self->clock().now()); }

  void on_tick() {
    self->delayed_send(self, cfg.round_interval, caf::tick_atom_v);
    if (awaited > 0)
      return;  // every answer has a time-out, so the round ends by itself
    round.clear();
    if (samples_moved == instant{})
      samples_moved = now();
    ask("agent", peers.agent);
    ask("recommender", peers.recommender);
    ask("admissions", peers.admissions);
    ask("updater", peers.updater);
    ask("dashboards", peers.dashboards);
    ask_api_server();
    fly();
    check_freshness();
  }

  void ask(const std::string& who, const component_actor& peer) {
    if (!peer) {
      note(judge_component({who, false, false, "not started"}, now()));
      return;
    }
    ++awaited;
    self->request(peer, cfg.answer_timeout, status_query{})
      .then(
        [this, who](component_status& status) {
          if (status.which == component::agent)
            check_usage(status.done);
          settle(judge_component({who, true, status.ready, status.detail}, now()));
        },
        [this, who](caf::error& error) {
          settle(judge_component({who, false, false, text_of(error)}, now()));
        });
  }

  void ask_api_server() {
    ++awaited;
    self
      ->request(
        env.kube, cfg.answer_timeout,
        list_query{object_kind::health_report, std::string{labels::system_namespace}, 1, {}})
      .then(
        [this](object_list&) {
          settle({"api-server", check_result::pass, "answers", now()});
        },
        [this](caf::error& error) {
          settle({"api-server", check_result::fail, text_of(error), now()});
        });
  }

  void fly() {
    ++awaited;
    self->request(canary, cfg.answer_timeout * 6, fly_canary{})
      .then([this](canary_flown& flown) { settle(flown.check); },
            [this](caf::error& error) {
              settle({"webhook", check_result::fail, "the canary did not return: " + text_of(error),
                      now()});
            });
  }

  void check_usage(uint64_t count) {
    if (count != samples)
      samples_moved = now();
    auto silent = now() - samples_moved;
    note(judge_usage(std::min(samples, count), count, silent, cfg.usage_silence, now()));
    samples = count;
  }

  /// Of what runs: an idle CronJob brings no news.
  void check_freshness() {
    size_t stale = 0, all = 0;
    for (auto& [key, object] : recommendations.all()) {
      if (object->replicas <= 0 || object->meta.ns == labels::canary_namespace)
        continue;
      ++all;
      stale += now() - object->status.decided_at > cfg.freshness;
    }
    note(judge_freshness(stale, all, now()));
  }

  void note(health_check check) { round.insert_or_assign(check.name, std::move(check)); }

  void settle(health_check check) {
    note(std::move(check));
    if (--awaited == 0)
      finish();
  }

  void finish() {
    ++rounds;
    round_counter->Increment();
    health_report fresh;
    fresh.meta.ns = labels::system_namespace;
    fresh.meta.name = "latest";
    fresh.at = now();
    for (auto& [name, check] : round) {
      results->Add({{"check", name}})
        .Set(check.result == check_result::pass   ? 1
             : check.result == check_result::warn ? 0.5
                                                  : 0);
      fresh.checks.push_back(check);
    }
    fresh.gate_open = gate_open(fresh.checks);
    gate->Set(fresh.gate_open ? 1 : 0);
    report = fresh;
    write(std::make_shared<const object>(std::move(fresh)));
  }

  /// Without a report the updater rests: one refusal must not keep it from the cluster until the
  /// next round.
  void write(const object_ptr& object_now, int tries = 3) {
    auto again = [this, object_now, tries](const caf::error& error) {
      bool newest = std::get<health_report>(*object_now).at == report.at;
      if (code_of(error) != ec::invalid && tries > 1 && newest)
        self->delayed_send(self, std::chrono::seconds{2}, write_report{object_now, tries - 1});
    };
    self->request(env.kube, cfg.answer_timeout, update_object{object_now, false})
      .then([](object_ptr&) {},
            [this, object_now, again](caf::error& error) {
              if (code_of(error) != ec::not_found)
                return again(error);
              self->request(env.kube, cfg.answer_timeout, create_object{object_now})
                .then([](object_ptr&) {}, [again](caf::error& reason) { again(reason); });
            });
  }

  component_status on_status() {
    component_status status{component::healthcheck, rounds > 0, {}, now(), rounds};
    size_t failing = 0;
    for (auto& check : report.checks)
      failing += check.result == check_result::fail;
    status.detail = rounds == 0
                      ? "first round under way"
                      : fmt::format("{} checks, {} failing, gate {}", report.checks.size(), failing,
                                    report.gate_open ? "open" : "closed");
    return status;
  }

  void start() {
    gate = &prometheus::BuildGauge()
              .Name("scaleops_healthcheck_gate_open")
              .Help("1 while the updater may disrupt")
              .Register(*env.registry)
              .Add({});
    round_counter = &prometheus::BuildCounter()
                       .Name("scaleops_healthcheck_rounds_total")
                       .Help("Rounds of checks finished")
                       .Register(*env.registry)
                       .Add({});
    results = &prometheus::BuildGauge()
                 .Name("scaleops_healthcheck_result")
                 .Help("Last result by check: 1 pass, 0.5 warn, 0 fail")
                 .Register(*env.registry);
    canary = spawn_canary(self, cfg, env);
    watcher_config watch;
    watch.kind = object_kind::recommendation;
    watch.idle_timeout = cfg.bookmark_patience;
    spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    // The others start at the same moment: the first round waits for them a little.
    self->delayed_send(self, cfg.round_interval / 4, caf::tick_atom_v);
  }
};

healthcheck_self::behavior_type healthcheck(
  healthcheck_self::stateful_pointer<healthcheck_state> self, healthcheck_config cfg,
  component_env env, healthcheck_peers peers) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.peers = std::move(peers);
  st.start();
  return {[&st](status_query) { return st.on_status(); },
          [&st](health_query) { return health_answer{st.report}; },
          [&st](objects_changed& news) {
            for (auto& event : news.events)
              st.recommendations.apply(event);
          },
          [](const watch_synced&) {},
          [](const watch_lost&) {},
          [&st](caf::tick_atom) { st.on_tick(); },
          [&st](const write_report& late) { st.write(late.report, late.tries); }};
}

}  // namespace

healthcheck_actor spawn_healthcheck(caf::actor_system& sys, healthcheck_config cfg,
                                    component_env env, healthcheck_peers peers) {
  return sys.spawn(healthcheck, cfg, std::move(env), std::move(peers));
}

}  // namespace scaleops
