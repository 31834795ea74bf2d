#include "actors/recommender/recommendation_writer.hpp"

#include <map>
#include <set>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace scaleops {

namespace {

using writer_self = decision_sink_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct writer_state {
  static inline const char* name = "recommendation_writer";
  explicit writer_state(writer_self::pointer self) : self{self} {}

  writer_self::pointer self;
  recommender_config cfg;
  component_env env;
  std::map<workload_ref, decision_made> waiting;
  std::set<workload_ref> urgent;  // of those waiting: they go first
  std::set<workload_ref> under_way;
  bool resting = false;  // after a failure
  prometheus::Counter* written = nullptr;
  prometheus::Counter* failed = nullptr;
  prometheus::Gauge* backlog = nullptr;

  void on_decision(decision_made& made) {
    auto ref = made.recommendation->workload;
    if (made.urgent)
      urgent.insert(ref);
    waiting.insert_or_assign(ref, std::move(made));
    pump();
  }

  void pump() {
    while (!resting && under_way.size() < cfg.writes_at_once && write_one()) {
    }
    backlog->Set(double(waiting.size()));
  }

  bool write_one() {
    auto next = waiting.end();
    for (auto& ref : urgent)
      if (!under_way.contains(ref)) {
        next = waiting.find(ref);
        break;
      }
    if (next == waiting.end())
      for (next = waiting.begin(); next != waiting.end() && under_way.contains(next->first);)
        ++next;
    if (next == waiting.end())
      return false;
    auto made = std::move(next->second);
    urgent.erase(next->first);
    under_way.insert(next->first);
    waiting.erase(next);
    read(std::move(made));
    return true;
  }

  void read(decision_made made) {
    auto& ref = made.recommendation->workload;
    self
      ->request(env.kube, cfg.request_timeout,
                get_query{{object_kind::recommendation, ref.ns, ref.object_name(), {}}})
      .then([this, made](object_ptr& found) { update(made, object_cast<recommendation>(found)); },
            [this, made](caf::error& error) {
              if (code_of(error) == ec::not_found)
                create(made);
              else
                fail_one(made);
            });
  }

  static recommendation filled(const decision_made& made, recommendation base) {
    base.status = *made.recommendation;
    base.coverage = made.coverage;
    base.replicas = made.replicas;
    return base;
  }

  void create(const decision_made& made) {
    auto& ref = made.recommendation->workload;
    recommendation fresh;
    fresh.meta.ns = ref.ns;
    fresh.meta.name = ref.object_name();
    fresh.target = ref;
    auto object_now = std::make_shared<const object>(filled(made, std::move(fresh)));
    self->request(env.kube, cfg.request_timeout, create_object{object_now})
      .then([this, made](object_ptr& stored) { update(made, object_cast<recommendation>(stored)); },
            [this, made](caf::error& error) { retry_or_drop(made, error); });
  }

  void update(const decision_made& made, std::shared_ptr<const recommendation> base) {
    if (!base)
      return fail_one(made);
    if (base->status == *made.recommendation)
      return finish(made);
    auto object_now = std::make_shared<const object>(filled(made, *base));
    self->request(env.kube, cfg.request_timeout, update_object{object_now, true})
      .then([this, made](object_ptr&) { finish(made); },
            [this, made](caf::error& error) { retry_or_drop(made, error); });
  }

  void finish(const decision_made& made) {
    written->Increment();
    under_way.erase(made.recommendation->workload);
    pump();
  }

  /// A request that can never succeed (namespace gone, object invalid) is dropped; the next
  /// decision comes anyway.
  void retry_or_drop(const decision_made& made, const caf::error& error) {
    auto code = code_of(error);
    if (code == ec::invalid || code == ec::forbidden || code == ec::not_found) {
      failed->Increment();
      under_way.erase(made.recommendation->workload);
      pump();
      return;
    }
    fail_one(made);
  }

  void fail_one(const decision_made& made) {
    failed->Increment();
    under_way.erase(made.recommendation->workload);
    waiting.try_emplace(made.recommendation->workload, made);  // unless a newer one came
    if (!resting) {
      resting = true;
      self->delayed_send(self, std::chrono::seconds{2}, caf::tick_atom_v);
    }
    backlog->Set(double(waiting.size()));
  }

  void on_tick() {
    resting = false;
    pump();
  }
};

writer_self::behavior_type writer(writer_self::stateful_pointer<writer_state> self,
                                  recommender_config cfg, component_env env) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  auto& writes = prometheus::BuildCounter()
                   .Name("scaleops_recommender_writes_total")
                   .Help("Recommendation status writes by result")
                   .Register(*st.env.registry);
  st.written = &writes.Add({{"result", "ok"}});
  st.failed = &writes.Add({{"result", "error"}});
  st.backlog = &prometheus::BuildGauge()
                  .Name("scaleops_recommender_write_backlog")
                  .Help("Decisions that wait to be written")
                  .Register(*st.env.registry)
                  .Add({});
  return {[&st](decision_made& made) { st.on_decision(made); },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

decision_sink_actor spawn_recommendation_writer(caf::local_actor* parent,
                                                const recommender_config& cfg,
                                                const component_env& env) {
  return parent->spawn<caf::linked>(writer, cfg, env);
}

}  // namespace scaleops
