#include "actors/recommender/workload_recommender.hpp"

#include <algorithm>
#include <map>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/logic/resources.hpp"
#include "actors/recommender/logic/evidence.hpp"
#include "actors/recommender/logic/risk.hpp"
#include "actors/recommender/logic/usage_shape.hpp"

namespace scaleops {

namespace {

using workload_recommender_self = workload_recommender_actor;

struct workload_recommender_state {
  static inline const char* name = "workload_recommender";
  explicit workload_recommender_state(workload_recommender_self::pointer self) : self{self} {}

  workload_recommender_self::pointer self;
  milliseconds decide_interval{};
  milliseconds status_interval{};
  wall_anchor anchor;
  decision_sink_actor sink;
  workload_facts_ptr facts;
  workload_context_ptr context;
  std::map<std::string, container_state> states;  // by container name
  std::map<std::string, instant> changed;         // when a container's target was last moved
  std::map<std::string, resources> in_force;      // requests that run, as last seen
  workload_recommendation_ptr last;
  std::optional<decision_evidence> evidence;  // of `last`
  instant decided{};
  instant published{};
  instant learned{};  // the newest sample that a decision knows

  instant now() { return anchor.at(self->clock().now()); }

  void on_seen(const workload_seen& seen) {
    if (seen.facts->revision != facts->revision)
      for (auto& [container, state] : states)
        state.start_revision(seen.facts->revision, now());
    facts = seen.facts;
    decide(false);
  }

  void on_context(const context_changed& change) {
    context = change.context;
    decide(false);
  }

  void on_usage(usage_part& part) {
    auto& usage = (*part.batch)[part.index];
    // The samples' indices refer to the facts that came with them.
    instant newest = learned;
    for (auto& sample : usage.samples) {
      if (sample.container >= usage.workload->containers.size())
        continue;
      state_of(usage.workload->containers[sample.container].name)
        .observe(sample.sample, sample.pod);
      newest = std::max(newest, sample.sample.at);
    }
    for (auto& kill : usage.kills)
      state_of(kill.container).observe_oom(kill.kill);
    part.taken.reset();
    // By the samples' time too: a history that comes in one piece is not left for the next round.
    if (usage.kills.empty() && now() - decided < decide_interval &&
        newest - learned < decide_interval)
      return;
    learned = newest;
    decide(!usage.kills.empty());
  }

  container_state& state_of(const std::string& container) { return states[container]; }

  void decide(bool healing) {
    decided = now();
    std::vector<container_input> inputs;
    inputs.reserve(facts->containers.size());
    for (size_t i = 0; i < facts->containers.size(); ++i) {
      auto& spec = facts->containers[i];
      container_input input;
      input.name = spec.name;
      input.image = spec.image;
      input.role = spec.role;
      input.current = i < facts->running.size() ? facts->running[i] : spec.resources;
      if (auto found = states.find(spec.name); found != states.end()) {
        prepare(found->second, spec.name, input.current);
        input.state = &found->second;
      }
      if (auto found = changed.find(spec.name); found != changed.end())
        input.changed_at = found->second;
      inputs.push_back(std::move(input));
    }
    auto surroundings = context->surroundings;
    surroundings.owner_kind = facts->ref.kind;
    surroundings.replicas = facts->replicas;
    auto containers = recommend(inputs, *context->policy, surroundings, decided);
    bool urgent =
      healing || std::any_of(containers.begin(), containers.end(),
                             [](const container_recommendation& c) { return c.urgent; });
    bool moved = note_moves(containers);
    bool policy_moved =
      last && (last->policy != context->policy_name || last->policy_reason != context->policy_why);
    if (last && !moved && !policy_moved && decided - published < status_interval)
      return;
    workload_recommendation made;
    made.workload = facts->ref;
    made.decided_at = decided;
    made.policy = context->policy_name;
    made.policy_reason = context->policy_why;
    made.containers = std::move(containers);
    made.revision = (last ? last->revision : 0) + (moved ? 1 : 0);
    made.input_digest = input_digest(inputs, *context->policy, surroundings, decided);
    last = std::make_shared<const workload_recommendation>(std::move(made));
    evidence =
      decision_evidence{facts->ref,      decided,      context->policy_name, context->policy_why,
                        context->policy, surroundings, evidence_of(inputs)};
    published = decided;
    self->send(sink, decision_made{last, coverage(), facts->replicas, urgent && moved});
  }

  /// Keeps the answers to this policy's questions at hand, and counts what changed as spent from
  /// the ration of changes.
  void prepare(container_state& state, const std::string& container,
               const container_resources& current) {
    auto cost = context->surroundings.cost;
    state.aim(question_of(*context->policy, container, cost));
    state.aim(memory_question_of(*context->policy, container));
    auto [known, fresh] = in_force.try_emplace(container, current.requests);
    if (fresh)
      return;
    if (known->second.cpu != current.requests.cpu)
      state.note_change(resource_kind::cpu, cost);
    if (known->second.memory != current.requests.memory)
      state.note_change(resource_kind::memory, cost);
    known->second = current.requests;
  }

  /// Whether any target differs from the last decision's, noting when.
  bool note_moves(const std::vector<container_recommendation>& containers) {
    bool any = false;
    for (auto& container : containers) {
      const container_recommendation* before = nullptr;
      if (last)
        for (auto& old : last->containers)
          if (old.name == container.name)
            before = &old;
      if (!before || before->target != container.target) {
        any = true;
        if (before)
          changed[container.name] = decided;
      }
    }
    return any || !last;
  }

  /// Share of the history that the policy wants before anything shrinks.
  double coverage() const {
    double wanted =
      std::chrono::duration<double, std::ratio<3600>>(context->policy->minimum_history).count();
    double least = states.empty() ? 0 : 1e9;
    for (auto& [container, state] : states)
      least = std::min(least, state.hours());
    return wanted <= 0 ? 1.0 : std::min(1.0, least / wanted);
  }

  saved_workload_ptr on_save() {
    auto saved = std::make_shared<saved_workload>();
    saved->workload = facts->ref;
    saved->seen = now();
    for (auto& [container, state] : states)
      if (!state.empty())
        saved->containers.emplace_back(container, state.save());
    return saved;
  }

  caf::result<recommendation_evidence> on_evidence() {
    if (!evidence)
      return fail(ec::not_found, "no recommendation for " + facts->ref.to_string() + " yet");
    return recommendation_evidence{std::make_shared<const std::string>(save_evidence(*evidence))};
  }

  caf::result<workload_risk> on_risk() {
    if (!last)
      return fail(ec::not_found, "no recommendation for " + facts->ref.to_string() + " yet");
    workload_risk out;
    for (auto& container : last->containers)
      if (auto found = states.find(container.name); found != states.end())
        out.containers.push_back(risk_of(found->second, merged(container.current, container.target),
                                         *context->policy, container.name,
                                         context->surroundings.cost));
    return out;
  }

  caf::result<usage_shape> on_shape(const usage_shape_query& query) {
    auto found = states.find(query.container);
    if (found == states.end())
      return fail(ec::not_found, "no usage of container " + query.container + " has been seen yet");
    return shape_of(found->second);
  }

  void load(const saved_workload& prior, prometheus::Registry& registry) {
    for (auto& [container, bytes] : prior.containers) {
      std::string why;
      if (auto state = container_state::load(bytes, why)) {
        states[container].merge(*state);
        continue;
      }
      spdlog::warn("recommender refuses saved state of {} {}: {}", prior.workload.to_string(),
                   container, why);
      prometheus::BuildCounter()
        .Name("scaleops_recommender_states_refused_total")
        .Help("Saved container states that could not be read and are learned anew")
        .Register(registry)
        .Add({})
        .Increment();
    }
  }
};

workload_recommender_self::behavior_type workload_recommender(
  workload_recommender_self::stateful_pointer<workload_recommender_state> self,
  recommender_config cfg, component_env env, workload_facts_ptr facts, workload_context_ptr context,
  saved_workload_ptr prior, decision_sink_actor sink) {
  auto& st = self->state;
  st.decide_interval = cfg.decide_interval;
  st.status_interval = cfg.status_interval;
  st.anchor = env.anchor;
  st.facts = std::move(facts);
  st.context = std::move(context);
  st.sink = std::move(sink);
  if (prior)
    st.load(*prior, *env.registry);
  st.decide(false);
  return {[&st](const workload_seen& seen) { st.on_seen(seen); },
          [&st](const context_changed& change) { st.on_context(change); },
          [&st](usage_part& part) { st.on_usage(part); },
          [&st](save_query) { return st.on_save(); },
          [&st](const evidence_query&) { return st.on_evidence(); },
          [&st](const risk_query&) { return st.on_risk(); },
          [&st](const usage_shape_query& query) { return st.on_shape(query); }};
}

}  // namespace

workload_recommender_actor spawn_workload_recommender(
  caf::local_actor* parent, const recommender_config& cfg, const component_env& env,
  workload_facts_ptr facts, workload_context_ptr context, saved_workload_ptr prior,
  decision_sink_actor sink) {
  return parent->spawn<caf::linked>(workload_recommender, cfg, env, std::move(facts),
                                    std::move(context), std::move(prior), std::move(sink));
}

}  // namespace scaleops
