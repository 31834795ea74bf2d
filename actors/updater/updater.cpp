#include "actors/updater/updater.hpp"

#include <algorithm>
#include <array>
#include <memory>
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
#include "actors/updater/evictor.hpp"
#include "actors/updater/flight.hpp"
#include "actors/updater/logic/record_ring.hpp"
#include "actors/updater/reporter.hpp"
#include "actors/updater/resizer.hpp"
#include "actors/updater/updater_metrics.hpp"
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
                                object_kind::horizontal_pod_autoscaler,
                                object_kind::automated_namespace,
                                object_kind::recommendation,
                                object_kind::health_report};

constexpr milliseconds admissions_answer_holds = std::chrono::seconds{30};

using self_actor =
  updater_actor::extend_with<objects_sink_actor>::extend_with<leadership_sink_actor>::extend_with<
    flight_sink_actor>::extend<caf::reacts_to<caf::tick_atom>, caf::reacts_to<plan_now>>;

struct updater_state {
  static inline const char* name = "updater";
  explicit updater_state(self_actor::pointer self) : self{self} {}

  self_actor::pointer self;
  updater_config cfg;
  component_env env;
  component_actor admissions;
  reporter_actor reporter;

  // What is known of the cluster.
  cluster_view view;
  workload_index index;
  decision_board board;
  watch_health health{watched};
  bool indexed = false;

  // What is remembered and under way.
  updater_memory memory;
  std::map<std::string, flight_actor> pilots;  // by pod uid, as memory.flights
  std::set<workload_ref> unsettled;
  std::map<std::string, refusal> last_refusal;  // by pod uid: told once
  std::map<std::string, instant> measuring;     // nodes asked, when
  std::optional<token_bucket> resizes, disruptions;
  record_ring records{0};

  bool leads = false;
  bool paused = false;  // by message; the annotation on the system namespace counts as well
  std::string paused_by;
  instant started{};
  instant last_scan{};
  instant admissions_ready_at{};
  bool planning = false;  // a plan_now is on its way
  gate_state gate;
  update_plan plan;
  std::map<refusal, size_t> held;
  uint64_t done = 0;
  std::unique_ptr<updater_metrics> metrics;

  void start() {
    started = now();
    metrics = std::make_unique<updater_metrics>(*env.registry);
    records = record_ring{cfg.log_size};
    board = decision_board{cfg.policies};
    resizes.emplace(cfg.rules.resizes_per_minute, started);
    disruptions.emplace(cfg.rules.disruptions_per_minute, started);
    reporter = spawn_reporter(self, cfg, env);
    for (auto kind : watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
    if (cfg.elect) {
      leader_config lead;
      lead.lease = "scaleops-updater";
      lead.duration = cfg.lease_duration;
      lead.renew = cfg.lease_renew;
      spawn_leader(self, lead, env, caf::actor_cast<leadership_sink_actor>(self));
    } else {
      leads = true;
    }
    self->set_exit_handler([this](caf::exit_msg& message) { on_exit(message); });
    self->delayed_send(self, cfg.tick, caf::tick_atom_v);
  }

  // ---- the loop ----

  void on_tick() {
    self->delayed_send(self, cfg.tick, caf::tick_atom_v);
    ask_admissions();
    run_round();
  }

  void on_plan_now() {
    planning = false;
    run_round();
  }

  void run_round() {
    if (!leads || !health.complete())
      return;
    timed("collect", [&] { collect(); });
    timed("gate", [&] { look_at_gate(); });
    timed("plan", [&] { make_the_plan(); });
    timed("act", [&] { act(); });
    timed("report", [&] { report(); });
  }

  template <class Step>
  void timed(const char* step, Step run) {
    auto from = self->clock().now();
    run();
    metrics->add_step(step, std::chrono::duration<double>(self->clock().now() - from).count());
  }

  /// Which workloads to look at: what changed, what waits, and now and then all.
  void collect() {
    auto touched = index.take_touched();
    unsettled.merge(touched);
    if (now() - last_scan < cfg.full_scan)
      return;
    last_scan = now();
    for (auto& [name, wish] : view.recommendations.all())
      unsettled.insert(wish->target);
  }

  void look_at_gate() {
    gate_inputs in;
    in.paused = is_paused();
    in.paused_by = pauser();
    in.admissions_ready = !admissions || now() - admissions_ready_at <= admissions_answer_holds;
    in.watch_lost_since = health.lost_since();
    in.failures = &memory.failures;
    auto before = gate.disrupt;
    gate = evaluate_gate(in, newest_report(view).get(), cfg.rules, now());
    if (before != gate.disrupt)
      spdlog::info("updater {} the gate{}", gate.disrupt ? "opens" : "shuts",
                   gate.detail.empty() ? "" : ": " + gate.detail);
  }

  void make_the_plan() {
    plan_inputs in{view, index, board, memory, cfg.rules, cfg.zones, gate, started, now()};
    plan = make_plan(in, unsettled, *resizes, *disruptions);
    for (auto& ref : unsettled)
      for (auto& [name, one] : index.pods_of(ref))
        note_blocked(*one);
    unsettled = plan.unsettled;
  }

  void note_blocked(const pod& one) {
    bool blocked = plan.blocked.contains(one.meta.uid);
    auto found = memory.pods.find(one.meta.uid);
    if (blocked) {
      auto& since = memory.pods[one.meta.uid].blocked_since;
      since = since.value_or(now());
    } else if (found != memory.pods.end()) {
      found->second.blocked_since.reset();
    }
  }

  void act() {
    measure();
    for (auto& wish : plan.actions)
      launch(std::move(wish));
    plan.actions.clear();
  }

  void report() {
    for (auto& refused : plan.refusals)
      note_refusal(refused);
    metrics->show_held(plan.held);
    held = std::move(plan.held);
    plan = {};
    size_t evictions = 0;
    for (auto& [uid, one] : memory.flights)
      evictions += one.action == update_action::evict;
    metrics->show_flights(memory.flights.size() - evictions, evictions);
    metrics->show_gate(gate, leads, is_paused());
  }

  // ---- acting ----

  void launch(pod_wish wish) {
    if (!cfg.act)
      return;
    auto uid = wish.target->meta.uid;
    last_refusal.erase(uid);
    memory.flights[uid] = {wish.action, wish.disruptive, wish.workload, wish.target};
    if (wish.disruptive)
      memory.workloads[wish.workload].last_disruption = now();
    auto sink = caf::actor_cast<flight_sink_actor>(self);
    if (wish.action == update_action::resize) {
      auto& remembered = memory.pods[uid];
      remembered.last_resize = now();
      remembered.sent_generation = 0;
      remembered.sent.clear();
      for (auto& part : wish.containers)
        remembered.sent.emplace(part.container, part.resources);
      pilots[uid] = spawn_resizer(self, cfg, env.kube, {std::move(wish), {}}, sink);
    } else {
      std::set<std::string> siblings;
      for (auto& [ref, one] : index.pods_of(wish.workload))
        siblings.insert(one->meta.uid);
      pilots[uid] =
        spawn_evictor(self, cfg, env.kube, {std::move(wish), std::move(siblings)}, sink);
    }
  }

  void on_resize_accepted(const resize_accepted& accepted) {
    if (auto found = memory.pods.find(accepted.uid); found != memory.pods.end())
      found->second.sent_generation = accepted.generation;
  }

  void on_flight_ended(const flight_ended& ended) {
    auto& wish = ended.wish;
    auto uid = wish.target->meta.uid;
    memory.flights.erase(uid);
    pilots.erase(uid);
    index.touch(wish.workload);
    using end = flight_ended::end;
    switch (ended.how) {
      case end::done:
        metrics->count_action(wish.action, "done");
        memory.calm_down(wish.workload);
        note_done(wish, ended.detail);
        break;
      case end::gone:
        metrics->count_action(wish.action, "gone");
        break;
      case end::refused:
        on_flight_refused(ended);
        break;
      case end::unreplaced:
      case end::unsized:
        metrics->count_action(wish.action, ended.how == end::unsized ? "unsized" : "unreplaced");
        memory.note_failure(cfg.rules, now());
        memory.back_off(wish.workload,
                        ended.how == end::unsized ? refusal::gate_closed : refusal::not_ready,
                        ended.detail, cfg.rules, now());
        note_done(wish, ended.detail);
        spdlog::warn("updater evicted {}/{} but {}", wish.target->meta.ns, wish.target->meta.name,
                     ended.detail);
        break;
    }
    if (wish.disruptive)
      memory.workloads[wish.workload].last_disruption = now();
  }

  void on_flight_refused(const flight_ended& ended) {
    auto& wish = ended.wish;
    metrics->count_action(wish.action, "refused");
    if (wish.action == update_action::resize && ended.why == refusal::infeasible) {
      auto& remembered = memory.pods[wish.target->meta.uid];
      auto after = wish.target->containers;
      for (auto& part : wish.containers)
        if (auto index = find_container(after, part.container))
          after[*index].resources = part.resources;
      remembered.infeasible = named(after);
      remembered.infeasible_node = wish.target->node;
    } else if (ended.why == refusal::api_error || ended.why == refusal::disruption_budget) {
      memory.back_off(wish.workload, ended.why, ended.detail, cfg.rules, now());
    }
    note_refusal({wish, ended.why, ended.detail});
  }

  /// A child died without a word, or we are told to stop.
  void on_exit(caf::exit_msg& message) {
    for (auto& [uid, pilot] : pilots) {
      if (caf::actor_cast<caf::actor_addr>(pilot) != message.source)
        continue;
      auto flying = memory.flights.find(uid);
      if (flying != memory.flights.end() && message.reason) {
        memory.back_off(flying->second.workload, refusal::api_error, "the action's actor failed",
                        cfg.rules, now());
        metrics->count_action(flying->second.action, "refused");
        memory.flights.erase(flying);
      }
      pilots.erase(uid);
      return;
    }
    if (message.reason)
      self->quit(std::move(message.reason));
  }

  void on_leadership(const leadership_changed& change) {
    leads = change.leads;
    if (leads) {
      last_scan = {};
      return;
    }
    // Whoever leads now plans anew: what we have under way is not ours any longer.
    for (auto& [uid, pilot] : pilots)
      caf::anon_send_exit(pilot, caf::exit_reason::kill);
    pilots.clear();
    memory.flights.clear();
    metrics->show_gate({}, leads, is_paused());
  }

  // ---- live use ----

  void measure() {
    std::erase_if(measuring,
                  [&](auto& entry) { return now() - entry.second > cfg.request_timeout; });
    for (auto& node : plan.measure) {
      if (measuring.size() >= cfg.most_measured)
        return;
      if (!measuring.emplace(node, now()).second)
        continue;
      self->request(env.kube, cfg.request_timeout, node_metrics_query{node})
        .then([this, node](node_metrics_ptr& answer) { on_measured(node, answer); },
              [this, node](caf::error&) { measuring.erase(node); });
    }
  }

  void on_measured(const std::string& node, const node_metrics_ptr& answer) {
    measuring.erase(node);
    if (!answer)
      return;
    for (auto& one : answer->containers) {
      if (!one.pod || one.working_set < 0)
        continue;
      auto& meta = meta_of(*one.pod);
      auto& usage = memory.usage[{meta.ns, meta.name}];
      usage.at = now();
      usage.working_set[one.container] = one.working_set;
    }
    plan_soon();
  }

  // ---- watching ----

  void on_objects(const objects_changed& news) {
    health.on_news(news.kind);
    for (auto& event : news.events)
      on_object(news.kind, event);
  }

  void on_object(object_kind kind, const watch_event& event) {
    if (kind == object_kind::pod)
      return on_pod(event);
    view.apply(event);
    if (!indexed)
      return;
    switch (kind) {
      case object_kind::workload:
        if (auto changed = object_cast<workload>(event.object))
          index.on_workload(*changed, view);
        break;
      case object_kind::custom_owner_grouping:
        index.rebuild(view);
        break;
      case object_kind::recommendation:
        on_wish(event);
        break;
      case object_kind::namespace_object:
      case object_kind::automated_namespace:
      case object_kind::policy:
        last_scan = {};
        break;  // grants and modes may have changed anywhere
      default:
        break;
    }
  }

  void on_wish(const watch_event& event) {
    board.on_object(event, view);
    if (auto wish = object_cast<recommendation>(event.object)) {
      index.touch(wish->target);
      if (is_urgent(wish->status))
        plan_soon();
    }
  }

  void on_pod(const watch_event& event) {
    auto change = view.pods.apply(event);
    if (indexed)
      index.on_pod(change.before, change.after, view);
    if (!change.after && change.before) {
      tell_pilots(change.before, true);
      memory.forget(*change.before);
      last_refusal.erase(change.before->meta.uid);
    } else if (change.after) {
      // A pod of the same name may be another one (StatefulSet).
      if (change.before && change.before->meta.uid != change.after->meta.uid) {
        tell_pilots(change.before, true);
        memory.forget(*change.before);
      } else if (change.before) {
        watch_for_reverts(*change.before, *change.after);
      }
      tell_pilots(change.after, false);
    }
  }

  void tell_pilots(const std::shared_ptr<const pod>& one, bool deleted) {
    if (pilots.empty())
      return;
    auto owner = view.owner(*one);
    for (auto& [uid, flying] : memory.flights) {
      bool same = uid == one->meta.uid;
      bool sibling = flying.action == update_action::evict && owner && flying.workload == *owner;
      auto pilot = pilots.find(uid);
      if ((same || sibling) && pilot != pilots.end())
        self->send(pilot->second, pod_moved{one, deleted});
    }
  }

  void watch_for_reverts(const pod& before, const pod& after) {
    auto found = memory.pods.find(after.meta.uid);
    if (found == memory.pods.end() || !reverted(found->second, before, after))
      return;
    auto owner = index.workload_of({after.meta.ns, after.meta.name});
    if (!owner)
      return;
    auto detail =
      fmt::format("another writer keeps changing the resources of pod {}", after.meta.name);
    if (memory.note_revert(*owner, detail, cfg.rules, now())) {
      metrics->count_fight();
      spdlog::warn("updater leaves {} alone: {}", owner->to_string(), detail);
      note_refusal({wish_about(*owner, after), refusal::fight, detail});
    }
  }

  pod_wish wish_about(const workload_ref& ref, const pod& one) {
    pod_wish wish;
    wish.workload = ref;
    wish.target = view.pods.find(one.meta.ns, one.meta.name);
    return wish;
  }

  void on_synced(const watch_synced& sync) {
    health.on_synced(sync.kind);
    if (health.complete() && !indexed) {
      indexed = true;
      index.rebuild(view);
      last_scan = {};
    }
  }

  // ---- messages ----

  void on_recommendation(const recommendation_made& made) {
    if (!made.recommendation)
      return;
    board.on_message(made.recommendation, view);
    index.touch(made.recommendation->workload);
    if (is_urgent(*made.recommendation))
      plan_soon();
  }

  static bool is_urgent(const workload_recommendation& decision) {
    return std::any_of(decision.containers.begin(), decision.containers.end(),
                       [](auto& one) { return one.urgent; });
  }

  void plan_soon() {
    if (std::exchange(planning, true))
      return;
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

  // ---- the switch ----

  bool is_paused() const { return paused || annotated_pauser() != nullptr; }

  const std::string* annotated_pauser() const {
    auto space = view.namespaces.find({}, labels::system_namespace);
    if (!space)
      return nullptr;
    auto found = space->meta.annotations.find(std::string(labels::updates_paused));
    return found == space->meta.annotations.end() ? nullptr : &found->second;
  }

  std::string pauser() const {
    auto* annotated = annotated_pauser();
    return paused ? paused_by : annotated ? *annotated : std::string{};
  }

  /// Holds at once here, and for every replica and after a restart by the annotation.
  caf::result<component_status> on_pause(const pause_updates& wish) {
    paused = wish.paused;
    paused_by = wish.by;
    spdlog::info("{} {} all updates", wish.by, wish.paused ? "stops" : "resumes");
    patch_metadata patch{
      {object_kind::namespace_object, {}, std::string(labels::system_namespace), {}},
      0,
      {},
      {},
      {}};
    patch.annotations.emplace(labels::updates_paused,
                              wish.paused ? std::optional{wish.by} : std::nullopt);
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
    component_status status{component::updater, health.complete(), health.describe(), now(), done};
    if (!status.ready)
      return status;
    status.detail = fmt::format("{}, {} under way, {} waiting",
                                !leads                ? "standing by"
                                : gate.disrupt        ? "leading"
                                : gate.detail.empty() ? "leading, gate not looked at yet"
                                                      : "leading, gate shut: " + gate.detail,
                                memory.flights.size(), unsettled.size());
    return status;
  }

  // ---- records ----

  update_record record_of(const pod_wish& wish) {
    update_record record;
    record.at = now();
    record.workload = wish.workload;
    if (wish.target)
      record.pod = {wish.target->meta.ns, wish.target->meta.name};
    record.action = wish.action;
    record.container = wish.container;
    record.before = wish.before;
    record.after = wish.after;
    return record;
  }

  void note_done(const pod_wish& wish, const std::string& detail) {
    ++done;
    auto record = record_of(wish);
    record.done = true;
    record.detail = wish.detail + (detail.empty() ? "" : "; " + detail);
    records.add(record);
    const char* reason = wish.reverts                           ? "Reverted"
                         : wish.action == update_action::resize ? "Resized"
                                                                : "Evicted";
    self->send(reporter, report_update{std::move(record), reason, false});
  }

  /// Reasons that come and go by themselves are shown as gauges; the others are told once a pod.
  void note_refusal(const pod_refusal& refused) {
    switch (refused.why) {
      case refusal::below_threshold:
      case refusal::live_memory:
      case refusal::cool_down:
      case refusal::budget_spent:
      case refusal::not_ready:
        return;
      default:
        break;
    }
    auto& wish = refused.wish;
    if (!wish.target)
      return;
    auto& last = last_refusal[wish.target->meta.uid];
    if (std::exchange(last, refused.why) == refused.why)
      return;
    metrics->count_refusal(refused.why);
    auto record = record_of(wish);
    record.why = refused.why;
    record.detail = refused.detail;
    records.add(record);
    bool worth_an_event = refused.why == refusal::infeasible || refused.why == refusal::deferred ||
                          refused.why == refusal::api_error || refused.why == refusal::fight;
    if (worth_an_event)
      self->send(reporter, report_update{std::move(record), "UpdateRefused", true});
  }

  instant now() { return env.anchor.at(self->clock().now()); }
};

self_actor::behavior_type updater(self_actor::stateful_pointer<updater_state> self,
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
          [&st](const update_log_query& query) { return st.records.after(query.after); },
          // objects sink
          [&st](const objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.health.on_lost(lost.kind, st.now()); },
          // leadership sink
          [&st](const leadership_changed& change) { st.on_leadership(change); },
          // flight sink
          [&st](const resize_accepted& accepted) { st.on_resize_accepted(accepted); },
          [&st](const flight_ended& ended) { st.on_flight_ended(ended); },
          // own
          [&st](caf::tick_atom) { st.on_tick(); }, [&st](plan_now) { st.on_plan_now(); }};
}

}  // namespace

updater_actor spawn_updater(caf::actor_system& sys, updater_config cfg, component_env env,
                            component_actor admissions) {
  return sys.spawn(updater, std::move(cfg), std::move(env), std::move(admissions));
}

}  // namespace scaleops
