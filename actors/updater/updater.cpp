#include "actors/updater/updater.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/leader.hpp"
#include "actors/common/watch_health.hpp"
#include "actors/common/watcher.hpp"
#include "actors/updater/flight_deck.hpp"
#include "actors/updater/measurer.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

/// Something urgent came: plan now instead of at the next tick.
struct plan_now {};

}  // namespace

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::plan_now)

namespace scaleops {

namespace {

constexpr std::array watched = {object_kind::namespace_object,
                                object_kind::custom_owner_grouping,
                                object_kind::policy,
                                object_kind::limit_range,
                                object_kind::resource_quota,
                                object_kind::node,
                                object_kind::workload,
                                object_kind::pod,
                                object_kind::pod_disruption_budget,
                                object_kind::automated_namespace,
                                object_kind::recommendation,
                                object_kind::health_report};

constexpr std::array spared = {object_kind::pod_disruption_budget};  // resizes need none

// Those that wait are looked at again after so long each, all together, but not more rarely than
// the second.
constexpr milliseconds wait_for_each = std::chrono::milliseconds{15};
constexpr milliseconds wait_most = std::chrono::seconds{30};
constexpr milliseconds admissions_answer_holds = std::chrono::seconds{30};

using updater_self =
  updater_actor::extend_with<objects_sink_actor>::extend_with<leadership_sink_actor>::extend_with<
    flight_sink_actor>::extend_with<measure_sink_actor>::extend<caf::reacts_to<caf::tick_atom>,
                                                                caf::reacts_to<plan_now>>;

struct updater_state {
  static inline const char* name = "updater";
  explicit updater_state(updater_self::pointer self) : self{self} {}

  updater_self::pointer self;
  updater_config cfg;
  component_env env;
  component_actor admissions;
  reporter_actor reporter;
  measurer_actor measurer;

  followed_cluster cluster;
  watch_health health{watched, spared};
  updater_memory memory;
  std::optional<record_book> book;
  std::optional<flight_deck> deck;
  std::optional<token_bucket> resizes, disruptions;

  std::set<workload_ref> round;    // looked at in this round
  std::set<workload_ref> waiting;  // not as they should be, nothing could be done yet
  instant last_waiting{};          // when all of those were last looked at
  bool ticked = false;             // since then, or what they wait for has come
  update_plan plan;
  gate_state gate;
  instant started{};
  instant last_scan{};
  instant admissions_ready_at{};
  bool leads = false;
  bool planning = false;                 // a plan_now is on its way
  std::optional<std::string> paused_by;  // by message; the annotation counts as well

  void start() {
    started = now();
    reporter = spawn_reporter(self, cfg, env);
    measurer = spawn_measurer(self, cfg, env, caf::actor_cast<measure_sink_actor>(self));
    cluster = followed_cluster{cfg.policies};
    book.emplace(cfg.log_size, *env.registry,
                 [this](report_update report) { self->send(reporter, std::move(report)); });
    deck.emplace(self, cfg, env.kube, cluster, memory, *book,
                 caf::actor_cast<flight_sink_actor>(self));
    resizes.emplace(cfg.rules.resizes_per_minute, started);
    disruptions.emplace(cfg.rules.disruptions_per_minute, started);
    for (auto kind : watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
    stand_for_leader();
    self->set_exit_handler([this](caf::exit_msg& message) { on_exit(message); });
    self->delayed_send(self, cfg.tick, caf::tick_atom_v);
  }

  void stand_for_leader() {
    leads = !cfg.elect;
    if (leads)
      return;
    leader_config lead;
    lead.lease = "scaleops-updater";
    lead.duration = cfg.lease_duration;
    lead.renew = cfg.lease_renew;
    spawn_leader(self, lead, env, caf::actor_cast<leadership_sink_actor>(self));
  }

  // ---- the loop ----

  void on_tick() {
    self->delayed_send(self, cfg.tick, caf::tick_atom_v);
    ask_admissions();
    ticked = true;
    run_round();
  }

  void on_plan_now() {
    planning = false;
    run_round();
  }

  void run_round() {
    if (!leads || !health.complete())
      return;
    timed("collect", [this] { collect(); });
    timed("gate", [this] { look_at_gate(); });
    timed("plan", [this] { make_the_plan(); });
    timed("act", [this] { act(); });
    timed("report", [this] { report(); });
  }

  template <class Step>
  void timed(const char* step, Step run) {
    auto from = self->clock().now();
    run();
    book->metrics().add_step(step,
                             std::chrono::duration<double>(self->clock().now() - from).count());
  }

  /// Which workloads to look at: what changed, what waits, and now and then all. The more there are
  /// that wait, the more it is the budgets that they wait for: looking at them all the time would
  /// change nothing.
  void collect() {
    round = cluster.index.take_touched();
    if (std::exchange(ticked, false) &&
        (waiting_rest() <= cfg.tick || now() - last_waiting >= waiting_rest())) {
      last_waiting = now();
      round.merge(waiting);
      waiting.clear();
    }
    if (now() - last_scan < cfg.full_scan)
      return;
    last_scan = now();
    memory.prune(last_scan);
    for (auto& [name, wish] : cluster.view.recommendations.all())
      round.insert(wish->target);
  }

  milliseconds waiting_rest() const {
    return std::min<milliseconds>(waiting.size() * wait_for_each, wait_most);
  }

  void look_at_gate() {
    gate_inputs in;
    in.paused_by = pauser();
    in.admissions_ready = !admissions || now() - admissions_ready_at <= admissions_answer_holds;
    in.watch_lost_since = health.lost_since();
    in.budgets_unseen = health.unseen(object_kind::pod_disruption_budget);
    in.failures = &memory.failures;
    auto before = gate;
    gate = evaluate_gate(in, newest_report(cluster.view).get(), cfg.rules, now());
    if (before.disrupt != gate.disrupt || before.detail != gate.detail)
      spdlog::info("updater {} the gate{}", gate.disrupt ? "opens" : "shuts",
                   gate.detail.empty() ? "" : ": " + gate.detail);
  }

  void make_the_plan() {
    plan_inputs in{cluster.view, cluster.index, cluster.board, memory, cfg.rules,
                   cfg.zones,    gate,          started,       now()};
    plan = make_plan(in, round, *resizes, *disruptions);
    for (auto& ref : round)
      for (auto& [name, one] : cluster.index.pods_of(ref))
        memory.note_blocked(one->meta.uid, plan.blocked.contains(one->meta.uid), now());
    waiting.merge(plan.unsettled);
  }

  void act() {
    if (!plan.measure.empty())
      self->send(measurer, measure_nodes{std::move(plan.measure)});
    if (cfg.act)
      for (auto& wish : plan.actions)
        deck->launch(std::move(wish), now());
  }

  void report() {
    for (auto& [wish, why, detail] : plan.refusals)
      book->note_refusal(wish, why, detail, now());
    book->metrics().show_held(plan.held);
    book->metrics().show_gate(gate, leads, pauser().has_value());
    deck->show();
    plan = {};
  }

  // ---- flights ----

  void on_flight_ended(const flight_ended& ended) {
    deck->on_ended(ended, now());
    cluster.index.touch(ended.wish.workload);
  }

  /// A flight's actor may fail without harm; anything else that ends takes us with it.
  void on_exit(caf::exit_msg& message) {
    bool ours = deck->on_exit(message.source, bool(message.reason), now());
    if (!ours && message.reason)
      self->quit(std::move(message.reason));
  }

  void on_measured(node_measured& measured) {
    memory.asked[measured.node] = now();
    if (!measured.answered) {
      memory.unmeasured.insert(measured.node);
    } else {
      memory.unmeasured.erase(measured.node);
      for (auto& [ref, usage] : measured.usage)
        memory.usage.insert_or_assign(ref, std::move(usage));
    }
    if (waiting_rest() > cfg.tick)
      return;  // the next look at all that wait finds it
    ticked = true;
    plan_soon();
  }

  void on_leadership(const leadership_changed& change) {
    leads = change.leads;
    last_scan = {};
    if (!leads)
      deck->abandon(now());
    book->metrics().show_gate(gate, leads, pauser().has_value());
  }

  // ---- watching ----

  void on_objects(const objects_changed& news) {
    health.on_news(news.kind);
    for (auto& event : news.events) {
      auto means = cluster.apply(event);
      for (auto& step : means.pods)
        on_pod(step);
      if (means.rescan)
        last_scan = {};
      if (means.urgent)
        plan_soon();
    }
  }

  void on_pod(const pod_step& step) {
    if (step.before && step.after)
      watch_for_reverts(*step.before, step.after);
    deck->tell(step, now());
    if (!step.after && step.before) {
      memory.forget(*step.before);
      book->forget(step.before->meta.uid);
    }
  }

  void watch_for_reverts(const pod& before, const std::shared_ptr<const pod>& after) {
    auto found = memory.pods.find(after->meta.uid);
    if (found == memory.pods.end() || !reverted(found->second, before, *after))
      return;
    auto owner = cluster.index.workload_of({after->meta.ns, after->meta.name});
    if (!owner)
      return;
    auto detail =
      fmt::format("another writer keeps changing the resources of pod {}", after->meta.name);
    if (!memory.note_revert(*owner, detail, cfg.rules, now()))
      return;
    book->metrics().count_fight();
    spdlog::warn("updater leaves {} alone: {}", owner->to_string(), detail);
    pod_wish wish;
    wish.workload = *owner;
    wish.target = after;
    book->note_refusal(wish, refusal::fight, detail, now());
  }

  void on_synced(const watch_synced& sync) {
    health.on_synced(sync.kind);
    if (health.complete())
      cluster.complete();
  }

  void on_lost(const watch_lost& lost) {
    health.on_lost(lost.kind, now(), lost.reason);
    if (health.complete())
      cluster.complete();
  }

  // ---- messages ----

  void on_recommendation(const recommendation_made& made) {
    if (cluster.tell(made.recommendation))
      plan_soon();
  }

  void plan_soon() {
    if (!std::exchange(planning, true))
      self->send(self, plan_now{});
  }

  void ask_admissions() {
    if (!admissions)
      return;
    self->request(admissions, cfg.request_timeout, status_query{})
      .then(
        [this](const component_status& status) {
          if (status.ready)
            admissions_ready_at = now();
        },
        [](caf::error&) {});
  }

  /// Who stopped all updates; absent: nobody.
  std::optional<std::string> pauser() const {
    if (paused_by)
      return paused_by;
    auto space = cluster.view.namespaces.find({}, labels::system_namespace);
    if (!space)
      return std::nullopt;
    auto found = space->meta.annotations.find(std::string(labels::updates_paused));
    return found == space->meta.annotations.end() ? std::nullopt : std::optional{found->second};
  }

  /// Holds at once here, and for every replica and after a restart by the annotation.
  caf::result<component_status> on_pause(const pause_updates& wish) {
    paused_by = wish.paused ? std::optional{wish.by} : std::nullopt;
    spdlog::info("{} {} all updates", wish.by, wish.paused ? "stops" : "resumes");
    patch_metadata patch;
    patch.key = {object_kind::namespace_object, {}, std::string(labels::system_namespace), {}};
    patch.annotations.emplace(labels::updates_paused, paused_by);
    auto promise = self->make_response_promise<component_status>();
    self->request(env.kube, cfg.request_timeout, std::move(patch))
      .then([this, promise](object_ptr&) mutable { promise.deliver(on_status()); },
            [this, promise](caf::error& error) mutable {
              auto status = on_status();
              status.detail += "; the switch holds until a restart only: " + text_of(error);
              promise.deliver(std::move(status));
            });
    return promise;
  }

  component_status on_status() {
    component_status status{component::updater, health.complete(), health.describe(), now(),
                            book->done()};
    if (!status.ready)
      return status;
    auto stance = !leads                ? "standing by"
                  : gate.disrupt        ? "leading"
                  : gate.detail.empty() ? "leading, gate not looked at yet"
                                        : "leading, gate shut: " + gate.detail;
    status.detail =
      fmt::format("{}, {} under way, {} waiting", stance, memory.flights.size(), waiting.size());
    return status;
  }

  instant now() { return env.anchor.at(self->clock().now()); }
};

updater_self::behavior_type updater(updater_self::stateful_pointer<updater_state> self,
                                    updater_config cfg, component_env env,
                                    component_actor admissions) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.admissions = std::move(admissions);
  st.start();
  return {// component
          [&st](status_query) { return st.on_status(); },
          // updater
          [&st](const recommendation_made& made) { st.on_recommendation(made); },
          [&st](const pause_updates& wish) { return st.on_pause(wish); },
          [&st](const update_log_query& query) { return st.book->after(query.after); },
          // objects sink
          [&st](const objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); },
          // leadership sink
          [&st](const leadership_changed& change) { st.on_leadership(change); },
          // flight and measure sinks
          [&st](const action_accepted& accepted) { st.deck->on_accepted(accepted, st.now()); },
          [&st](const flight_ended& ended) { st.on_flight_ended(ended); },
          [&st](node_measured& measured) { st.on_measured(measured); },
          // own
          [&st](caf::tick_atom) { st.on_tick(); }, [&st](plan_now) { st.on_plan_now(); }};
}

}  // namespace

updater_actor spawn_updater(caf::actor_system& sys, updater_config cfg, component_env env,
                            component_actor admissions) {
  return sys.spawn(updater, std::move(cfg), std::move(env), std::move(admissions));
}

}  // namespace scaleops
