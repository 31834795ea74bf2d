#include "actors/recommender/recommender.hpp"

#include <array>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/watch_health.hpp"
#include "actors/common/watcher.hpp"
#include "actors/recommender/checkpoint_keeper.hpp"
#include "actors/recommender/checkpoint_slot.hpp"
#include "actors/recommender/recommendation_writer.hpp"
#include "actors/recommender/recommender_metrics.hpp"

namespace scaleops {

namespace {

/// A batch whose every part has been learned.
struct batch_taken {
  uint64_t agent = 0;
  uint64_t seq = 0;
};
/// Every workload of the slot has given its state, or is gone.
struct slot_collected {
  uint32_t slot = 0;
};

}  // namespace

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::batch_taken)
SCALEOPS_LOCAL_MESSAGE(scaleops::slot_collected)

namespace scaleops {

namespace {

constexpr std::array watched = {
  object_kind::policy,         object_kind::policy_rule,
  object_kind::recommendation, object_kind::automated_namespace,
  object_kind::limit_range,    object_kind::resource_quota,
  object_kind::node,           object_kind::horizontal_pod_autoscaler};

/// Without them sizes are bound by less, or left as they are (sizing_rules); usage is learned.
constexpr std::array bounds = {object_kind::limit_range, object_kind::resource_quota,
                               object_kind::node, object_kind::horizontal_pod_autoscaler};

using recommender_self =
  recommender_actor::extend_with<objects_sink_actor>::extend_with<decision_sink_actor>::extend_with<
    checkpoint_sink_actor>::extend<caf::reacts_to<batch_taken>, caf::reacts_to<slot_collected>,
                                   caf::reacts_to<caf::tick_atom>>;

/// Runs a function when the last holder lets go.
template <class F>
std::shared_ptr<const void> when_released(F f) {
  return {nullptr, [f = std::move(f)](const void*) { f(); }};
}

struct known_workload {
  workload_recommender_actor actor;
  workload_facts_ptr facts;
  workload_context_ptr context;
  workload_recommendation_ptr last;
};

struct recommender_state {
  static inline const char* name = "recommender";
  explicit recommender_state(recommender_self::pointer self) : self{self} {}

  recommender_self::pointer self;
  recommender_config cfg;
  component_env env;
  decision_sink_actor writer;
  checkpoint_keeper_actor keeper;
  std::map<workload_ref, known_workload> workloads;
  std::map<workload_ref, saved_workload_ptr> prior;  // saved states without an actor (yet)
  std::map<uint32_t, std::vector<saved_workload_ptr>> collecting;  // by slot
  sizing_rules rules;
  watch_health health{watched, bounds};
  bool loaded = false;
  std::map<uint64_t, uint64_t> last_batch;  // by agent
  std::map<std::pair<uint64_t, uint64_t>, std::vector<caf::typed_response_promise<usage_ack>>>
    unanswered;
  std::vector<recommendation_sink_actor> subscribers;
  uint32_t next_slot = 0;
  uint64_t decisions = 0;
  std::optional<recommender_metrics> metrics;

  void start() {
    writer = spawn_recommendation_writer(self, cfg, env);
    keeper = spawn_checkpoint_keeper(self, cfg, env, caf::actor_cast<checkpoint_sink_actor>(self));
    for (auto kind : watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
    self->delayed_send(self, cfg.checkpoint_interval / cfg.checkpoint_slots, caf::tick_atom_v);
  }

  /// Nothing is learned before the past and the rules are known.
  bool ready() const { return loaded && health.complete(); }

  instant now() { return env.anchor.at(self->clock().now()); }

  // ---- workloads ----

  void on_seen(const workload_seen& seen) {
    if (ready())
      meet(seen.facts);
  }

  known_workload& meet(const workload_facts_ptr& facts) {
    auto [found, fresh] = workloads.try_emplace(facts->ref);
    auto& known = found->second;
    // From another pod the same facts come as another copy each time.
    bool same = !fresh && (known.facts == facts || *known.facts == *facts);
    if (!same)
      known.facts = facts;
    if (fresh) {
      known.context = rules.context_of(*facts);
      saved_workload_ptr before;
      if (auto saved = prior.find(facts->ref); saved != prior.end()) {
        before = saved->second;
        prior.erase(saved);
      }
      known.actor =
        spawn_workload_recommender(self, cfg, env, facts, known.context, std::move(before),
                                   caf::actor_cast<decision_sink_actor>(self));
      metrics->workloads.Set(double(workloads.size()));
    } else if (!same) {
      self->send(known.actor, workload_seen{facts});
      renew_context(known);
    }
    return known;
  }

  void on_gone(const workload_gone& gone) {
    auto found = workloads.find(gone.ref);
    if (found == workloads.end())
      return;
    auto actor = found->second.actor;
    workloads.erase(found);
    metrics->workloads.Set(double(workloads.size()));
    // What was learned stays for its retention: CronJobs and redeployed services come back.
    self->request(actor, cfg.request_timeout, save_query{})
      .then(
        [this, actor](saved_workload_ptr& saved) {
          if (!workloads.contains(saved->workload))
            prior.insert_or_assign(saved->workload, saved);
          self->send_exit(actor, caf::exit_reason::user_shutdown);
        },
        [this, actor](caf::error&) { self->send_exit(actor, caf::exit_reason::user_shutdown); });
  }

  // ---- policies and surroundings ----

  void renew_context(known_workload& known) {
    auto context = rules.context_of(*known.facts);
    if (*context == *known.context)
      return;
    known.context = context;
    self->send(known.actor, context_changed{std::move(context)});
  }

  void renew_namespace(const std::string& ns) {
    for (auto it = workloads.lower_bound({ns, {}, {}}); it != workloads.end() && it->first.ns == ns;
         ++it)
      renew_context(it->second);
  }

  void renew_all() {
    for (auto& [ref, known] : workloads)
      renew_context(known);
  }

  void on_synced(const watch_synced& sync) {
    health.on_synced(sync.kind);
    look_at_hpas();
  }

  void on_lost(const watch_lost& lost) {
    health.on_lost(lost.kind, now(), lost.reason);
    look_at_hpas();
  }

  void look_at_hpas() {
    if (rules.see_hpas(!health.unseen(object_kind::horizontal_pod_autoscaler)))
      renew_all();
  }

  void on_objects(const objects_changed& news) {
    affected_workloads affected;
    std::vector<std::string> warnings;
    for (auto& event : news.events)
      rules.apply(event, affected, warnings);
    for (auto& warning : warnings)
      spdlog::warn("recommender: {}", warning);
    if (affected.all)
      return renew_all();
    for (auto& ns : affected.namespaces)
      renew_namespace(ns);
    for (auto& ref : affected.workloads)
      if (auto found = workloads.find(ref); found != workloads.end())
        renew_context(found->second);
  }

  // ---- usage ----

  caf::result<usage_ack> on_batch(const usage_batch& batch) {
    if (!ready())
      return fail(ec::unavailable, "the recommender is still loading policies and checkpoints");
    auto& last = last_batch[batch.agent];
    std::pair id{batch.agent, batch.seq};
    if (batch.seq <= last) {
      metrics->repeated.Increment();
      auto pending = unanswered.find(id);
      if (pending == unanswered.end())
        return usage_ack{batch.agent, batch.seq};
      return pending->second.emplace_back(self->make_response_promise<usage_ack>());
    }
    last = batch.seq;
    metrics->batches.Increment();
    auto promise = unanswered[id].emplace_back(self->make_response_promise<usage_ack>());
    // The actor's address is weak: a part that outlives the recommender must not keep it alive.
    auto taken = when_released([to = caf::actor_cast<caf::actor_addr>(self), id] {
      if (auto router = caf::actor_cast<caf::actor>(to))
        caf::anon_send(router, batch_taken{id.first, id.second});
    });
    size_t count = 0;
    for (size_t i = 0; i < batch.usage->size(); ++i) {
      auto& usage = (*batch.usage)[i];
      count += usage.samples.size();
      self->send(meet(usage.workload).actor, usage_part{batch.usage, i, taken});
    }
    metrics->samples.Increment(double(count));
    return promise;
  }

  void on_taken(const batch_taken& taken) {
    auto pending = unanswered.extract({taken.agent, taken.seq});
    if (pending.empty())
      return;
    for (auto& promise : pending.mapped())
      promise.deliver(usage_ack{taken.agent, taken.seq});
  }

  // ---- decisions ----

  void on_decision(decision_made& made) {
    auto found = workloads.find(made.recommendation->workload);
    if (found == workloads.end())
      return;
    found->second.last = made.recommendation;
    ++decisions;
    metrics->decided.Increment();
    if (made.urgent)
      metrics->urgent.Increment();
    std::erase_if(subscribers, [](const auto& sink) { return !sink; });
    for (auto& sink : subscribers)
      self->send(sink, recommendation_made{made.recommendation});
    self->send(writer, std::move(made));
  }

  void on_subscribe(const subscribe_recommendations& wish) {
    subscribers.push_back(wish.sink);
    self->monitor(wish.sink);
    for (auto& [ref, known] : workloads)
      if (known.last)
        self->send(wish.sink, recommendation_made{known.last});
  }

  void on_down(const caf::down_msg& down) {
    std::erase_if(subscribers, [&](const auto& sink) { return sink == down.source; });
  }

  caf::result<recommendation_made> on_query(const recommendation_query& query) {
    auto found = workloads.find(query.workload);
    if (found == workloads.end() || !found->second.last)
      return fail(ec::not_found, "no recommendation for " + query.workload.to_string() + " yet");
    return recommendation_made{found->second.last};
  }

  /// What the workload's own actor answers.
  template <class Answer, class Query>
  caf::result<Answer> pass_on(Query& query) {
    if (auto found = workloads.find(query.workload); found != workloads.end())
      return self->delegate(found->second.actor, std::move(query));
    return fail(ec::not_found, "workload " + query.workload.to_string() + " is not known");
  }

  // ---- checkpoints ----

  void on_loaded(checkpoints_loaded& past) {
    for (auto& saved : past.workloads) {
      if (now() - saved->seen >= cfg.retention)
        continue;
      // Slots of an earlier number of slots may hold an older state of the same workload.
      auto& known = prior[saved->workload];
      if (!known || known->seen < saved->seen)
        known = saved;
    }
    loaded = true;
  }

  void on_tick() {
    self->delayed_send(self, cfg.checkpoint_interval / cfg.checkpoint_slots, caf::tick_atom_v);
    if (!ready())
      return;
    collect(next_slot);
    next_slot = (next_slot + 1) % cfg.checkpoint_slots;
  }

  void collect(uint32_t slot) {
    auto& saved = collecting[slot];
    saved.clear();
    std::erase_if(prior,
                  [&](const auto& entry) { return now() - entry.second->seen >= cfg.retention; });
    for (auto& [ref, state] : prior)
      if (slot_of(ref, cfg.checkpoint_slots) == slot)
        saved.push_back(state);
    auto done = when_released([to = caf::actor_cast<caf::actor_addr>(self), slot] {
      if (auto router = caf::actor_cast<caf::actor>(to))
        caf::anon_send(router, slot_collected{slot});
    });
    for (auto& [ref, known] : workloads) {
      if (slot_of(ref, cfg.checkpoint_slots) != slot)
        continue;
      self->request(known.actor, cfg.request_timeout, save_query{})
        .then(
          [this, slot, done](saved_workload_ptr& state) {
            if (!state->containers.empty())
              collecting[slot].push_back(state);
          },
          [done](caf::error&) {});
    }
  }

  void on_collected(const slot_collected& collected) {
    auto node = collecting.extract(collected.slot);
    if (!node.empty())
      self->send(keeper, write_slot{collected.slot, std::move(node.mapped())});
  }

  component_status on_status() {
    component_status status{component::recommender, ready(), {}, now(), decisions};
    status.detail = ready() ? fmt::format("{} workloads, {} decisions", workloads.size(), decisions)
                            : "loading policies and checkpoints";
    return status;
  }
};

recommender_self::behavior_type recommender(
  recommender_self::stateful_pointer<recommender_state> self, recommender_config cfg,
  component_env env) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.metrics.emplace(*st.env.registry);
  self->set_down_handler([&st](const caf::down_msg& down) { st.on_down(down); });
  st.start();
  return {// component, recommender
          [&st](status_query) { return st.on_status(); },
          [&st](const workload_seen& seen) { st.on_seen(seen); },
          [&st](const workload_gone& gone) { st.on_gone(gone); },
          [&st](const usage_batch& batch) { return st.on_batch(batch); },
          [&st](const recommendation_query& query) { return st.on_query(query); },
          [&st](evidence_query& query) { return st.pass_on<recommendation_evidence>(query); },
          [&st](risk_query& query) { return st.pass_on<workload_risk>(query); },
          [&st](usage_shape_query& query) { return st.pass_on<usage_shape>(query); },
          [&st](const subscribe_recommendations& wish) { st.on_subscribe(wish); },
          // objects sink
          [&st](const objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); },
          // INTERNAL: children and timers
          [&st](decision_made& made) { st.on_decision(made); },
          [&st](checkpoints_loaded& past) { st.on_loaded(past); },
          [&st](const batch_taken& taken) { st.on_taken(taken); },
          [&st](const slot_collected& collected) { st.on_collected(collected); },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

recommender_actor spawn_recommender(caf::actor_system& sys, recommender_config cfg,
                                    component_env env) {
  return sys.spawn(recommender, cfg, std::move(env));
}

}  // namespace scaleops
