#include "actors/agent/agent.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/agent/feeder.hpp"
#include "actors/agent/logic/discovery.hpp"
#include "actors/agent/scraper.hpp"
#include "actors/common/leader.hpp"
#include "actors/common/watcher.hpp"

namespace scaleops {

namespace {

constexpr std::array watched = {object_kind::namespace_object, object_kind::custom_owner_grouping,
                                object_kind::node, object_kind::workload, object_kind::pod};

using agent_self = agent_actor::extend_with<objects_sink_actor>::extend_with<leadership_sink_actor>;

struct agent_state {
  static inline const char* name = "agent";
  explicit agent_state(agent_self::pointer self) : self{self} {}

  agent_self::pointer self;
  agent_config cfg;
  component_env env;
  recommender_actor recommender;
  feeder_actor feeder;
  scraper_actor scraper;
  discovery found;
  object_cache<node> nodes;
  std::set<object_kind> synced;
  bool leads = false;
  prometheus::Gauge* workload_gauge = nullptr;
  prometheus::Gauge* pod_gauge = nullptr;
  prometheus::Gauge* leader_gauge = nullptr;

  void start() {
    feeder = spawn_feeder(self, cfg, env, recommender);
    scraper = spawn_scraper(self, cfg, env, feeder);
    for (auto kind : watched) {
      watcher_config watch;
      watch.kind = kind;
      watch.idle_timeout = cfg.bookmark_patience;
      spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
    }
    leader_config lead;
    lead.lease = "scaleops-agent";
    lead.duration = cfg.lease_duration;
    lead.renew = cfg.lease_renew;
    spawn_leader(self, lead, env, caf::actor_cast<leadership_sink_actor>(self));
  }

  void on_objects(objects_changed& news) {
    discoveries out;
    bool nodes_moved = false;
    for (auto& event : news.events) {
      switch (news.kind) {
        case object_kind::pod:
          found.on_pod(event, out);
          break;
        case object_kind::workload:
          found.on_workload(event, out);
          break;
        case object_kind::namespace_object:
          found.on_namespace(event, out);
          break;
        case object_kind::custom_owner_grouping:
          found.on_grouping(event, out);
          break;
        case object_kind::node:
          nodes.apply(event);
          nodes_moved = true;
          break;
        default:
          break;
      }
    }
    if (nodes_moved)
      tell_nodes();
    if (!out.empty())
      tell(std::move(out));
  }

  void tell(discoveries out) {
    // Only the leader speaks to the recommender; the others know the same and take over at once.
    if (leads) {
      for (auto& facts : out.seen)
        self->send(recommender, workload_seen{facts});
      for (auto& ref : out.gone)
        self->send(recommender, workload_gone{ref});
    }
    for (auto& facts : out.seen)
      all_facts.insert_or_assign(facts->ref, facts);
    for (auto& ref : out.gone)
      all_facts.erase(ref);
    workload_gauge->Set(double(found.workloads()));
    pod_gauge->Set(double(found.pods()));
    self->send(scraper, scrape_targets{std::move(out)});
  }

  std::map<workload_ref, workload_facts_ptr> all_facts;

  void tell_nodes() {
    scrape_nodes list;
    for (auto& [key, node] : nodes.all())
      if (node->ready)
        list.nodes.emplace_back(node->meta.name, double(node->capacity.cpu.value_or(0)) / 1000);
    self->send(scraper, std::move(list));
  }

  void on_leadership(const leadership_changed& change) {
    leads = change.leads;
    leader_gauge->Set(leads ? 1 : 0);
    self->send(scraper, scrape_switch{leads});
    if (leads)
      for (auto& [ref, facts] : all_facts)
        self->send(recommender, workload_seen{facts});
  }

  caf::result<component_status> on_status() {
    auto promise = self->make_response_promise<component_status>();
    self->request(scraper, std::chrono::seconds{5}, scrape_count_query{})
      .then(
        [this, promise](uint64_t samples) mutable {
          component_status status{
            component::agent, synced.size() == watched.size(), {}, now(), samples};
          status.detail =
            fmt::format("{} workloads, {} pods, {} nodes, {}", found.workloads(), found.pods(),
                        nodes.size(), leads ? "leading" : "standing by");
          promise.deliver(std::move(status));
        },
        [promise](caf::error& error) mutable { promise.deliver(std::move(error)); });
    return promise;
  }

  instant now() { return env.anchor.at(self->clock().now()); }

  void register_metrics() {
    auto gauge = [&](const char* name, const char* help) {
      return &prometheus::BuildGauge().Name(name).Help(help).Register(*env.registry).Add({});
    };
    workload_gauge = gauge("scaleops_agent_workloads", "Workloads known");
    pod_gauge = gauge("scaleops_agent_pods", "Running pods known");
    leader_gauge = gauge("scaleops_agent_leader", "1 while this agent leads");
  }
};

agent_self::behavior_type agent(agent_self::stateful_pointer<agent_state> self, agent_config cfg,
                                component_env env, recommender_actor recommender) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.recommender = std::move(recommender);
  st.register_metrics();
  st.start();
  return {// component
          [&st](status_query) { return st.on_status(); },
          // objects sink
          [&st](objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.synced.insert(sync.kind); },
          [](const watch_lost&) {},
          // leadership sink
          [&st](const leadership_changed& change) { st.on_leadership(change); }};
}

}  // namespace

agent_actor spawn_agent(caf::actor_system& sys, agent_config cfg, component_env env,
                        recommender_actor recommender) {
  return sys.spawn(agent, cfg, std::move(env), std::move(recommender));
}

}  // namespace scaleops
