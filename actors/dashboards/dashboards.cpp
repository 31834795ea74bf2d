#include "actors/dashboards/dashboards.hpp"

#include <array>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <caf/actor_system.hpp>

#include "actors/common/watcher.hpp"
#include "actors/dashboards/root.hpp"

namespace scaleops {
namespace dashboards {

namespace {

constexpr std::array watched = {object_kind::namespace_object,
                                object_kind::custom_owner_grouping,
                                object_kind::node,
                                object_kind::policy,
                                object_kind::policy_rule,
                                object_kind::automated_namespace,
                                object_kind::workload,
                                object_kind::recommendation,
                                object_kind::pod,
                                object_kind::health_report,
                                object_kind::event};

}  // namespace

void root_state::start() {
  door = std::make_unique<doorkeeper>(cfg, env.seed);
  reader = spawn_usage_reader(self, {cfg.readings_at_once, cfg.request_timeout}, env.kube);
  writer = spawn_change_writer(self, {cfg.writes_at_once, 4, cfg.request_timeout}, env);
  platform.watched = watched.size();
  platform.builtin_policies = cfg.policies;
  platform.updater_connected = bool(peers.updater);
  for (auto kind : watched) {
    watcher_config watch;
    watch.kind = kind;
    spawn_watcher(self, watch, env, caf::actor_cast<objects_sink_actor>(self));
  }
  self->set_down_handler([this](const caf::down_msg& down) { sinks.erase(down.source); });
  on_sample_tick();
  on_poll_tick();
  on_status_tick();
}

// ---- following the cluster ----

void root_state::on_objects(objects_changed& news) {
  inventory_news told;
  for (auto& event : news.events)
    cluster.apply(event, now(), told);
  tell(told);
}

void root_state::tell(const inventory_news& news) {
  bool settled = platform.ready();  // the first lists are not news
  for (auto& [ref, kill] : news.kills)
    publish("oom", kill_json(ref, kill));
  if (settled && !news.advised.empty()) {
    json_writer out;
    out.open_object().member("count", news.advised.size()).key("workloads").open_array();
    size_t named = 0;
    for (auto& ref : news.advised)
      if (named++ < 100)
        out.value(ref.to_string());
    out.close_array().close_object();
    publish("recommendation", out.take());
  }
  if (settled && news.policies)
    publish("policy", "{}");
  if (settled && news.health)
    publish("health", "{}");
}

void root_state::on_synced(const watch_synced& sync) {
  platform.synced.insert(sync.kind);
  platform.lost.erase(sync.kind);
  note_status(status());
}

void root_state::on_lost(const watch_lost& lost) {
  platform.lost[lost.kind] = std::string{to_string(lost.reason)};
}

// ---- measuring ----

void root_state::on_sample_tick() {
  self->delayed_send(self, cfg.sample_period, caf::tick_atom_v);
  if (!platform.ready())
    return;
  read_usage wish;
  for (auto& [key, node] : cluster.view().nodes.all())
    if (node->ready)
      wish.nodes.push_back(node->meta.name);
  auto limit = cfg.sample_period + cfg.request_timeout;
  self->request(reader, limit, std::move(wish))
    .then([this](usage_round& round) { on_round(round); }, [](caf::error&) {});
}

void root_state::on_round(const usage_round& round) {
  const object* of = nullptr;  // a pod's containers come one after the other
  pod_row* row = nullptr;
  for (auto& reading : round.readings)
    for (auto& metric : reading->containers) {
      if (metric.pod.get() != of) {
        of = metric.pod.get();
        auto* owner = of ? std::get_if<pod>(of) : nullptr;
        row = owner ? cluster.find_pod({owner->meta.ns, owner->meta.name}) : nullptr;
      }
      if (row)
        inventory::measure(*row, metric.container,
                           {metric.at, metric.started, metric.cpu_seconds, metric.working_set});
    }
  rounds_done->Increment();
  readings_failed->Increment(double(round.failed));
  cluster.sample(now());
  auto all = cluster.sum();
  workload_gauge->Set(double(all.workloads));
  saving_gauge->Set(monthly_cost(all.possible, cfg.prices));
  realised_gauge->Set(monthly_cost(all.realised, cfg.prices));
  publish("series", with_context(nullptr, [](auto& in) { return sample_json(in); }));
}

// ---- following the other components ----

void root_state::on_poll_tick() {
  if (!peers.updater)
    return;
  self->delayed_send(self, cfg.poll_period, caf::update_atom_v);
  self->request(peers.updater, cfg.request_timeout, update_log_query{last_action})
    .then([this](update_log& log) { on_update_log(log); }, [](caf::error&) {});
}

void root_state::on_update_log(const update_log& log) {
  if (log.last < last_action) {  // the updater began anew
    last_action = 0;
    return;
  }
  auto seq = log.last - std::min<uint64_t>(log.records.size(), log.last);
  for (auto& record : log.records) {
    ++seq;
    if (seq <= last_action)
      continue;
    action_entry entry{seq,
                       record.at,
                       record.workload,
                       record.pod,
                       std::string{to_string(record.action)},
                       record.done,
                       record.done ? "" : std::string{to_string(record.why)},
                       record.detail,
                       record.container,
                       record.before,
                       record.after};
    publish("action", action_json(entry));
    platform.actions.append(std::move(entry));
  }
  last_action = log.last;
}

void root_state::on_status_tick() {
  self->delayed_send(self, cfg.status_period, caf::ok_atom_v);
  auto self_view = status();
  note_status(self_view);
  for (size_t i = 0; i < peers.components.size(); ++i)
    self->request(peers.components[i], cfg.request_timeout, status_query{})
      .then(
        [this, i](component_status& told) {
          asked[i] = std::string{to_string(told.which)};
          note_status(told);
        },
        [this, i](caf::error& error) {
          auto known = asked.find(i);
          if (known == asked.end())
            return;
          auto& view = platform.components[known->second];
          view.answered = false;
          view.detail = text_of(error);
        });
}

void root_state::note_status(const component_status& told) {
  std::string component{to_string(told.which)};
  platform.components[component] = {component, true, told.ready, told.detail, told.at, told.done};
}

component_status root_state::status() const {
  component_status out{component::dashboards, platform.ready(), {}, now(), answered};
  out.detail = fmt::format("{} workloads, {} of {} kinds of objects in step, live in {} {}",
                           cluster.workloads().size(), platform.synced.size(), platform.watched,
                           sinks.size(), sinks.size() == 1 ? "window" : "windows");
  return out;
}

// ---- live ----

void root_state::on_subscribe(const subscribe_live& wish) {
  if (!sinks.contains(wish.sink.address()))
    self->monitor(wish.sink);
  sinks[wish.sink.address()] = wish.sink;
}

void root_state::publish(std::string type, std::string data) {
  live_event event{++last_event, std::move(type), std::move(data)};
  for (auto& [address, sink] : sinks)
    self->send(sink, event);
}

// ---- replies ----

void root_state::register_metrics() {
  auto& registry = *env.registry;
  auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
  };
  auto gauge = [&](const char* name, const char* help) {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  };
  auto& family = prometheus::BuildCounter()
                   .Name("scaleops_dashboards_answers_total")
                   .Help("API calls answered, by class of status")
                   .Register(registry);
  for (int each : {2, 3, 4, 5})
    answers[each] = &family.Add({{"status", fmt::format("{}xx", each)}});
  rounds_done = counter("scaleops_dashboards_usage_rounds_total", "Rounds of usage readings");
  readings_failed =
    counter("scaleops_dashboards_readings_failed_total", "Nodes that did not answer a reading");
  changes_done = counter("scaleops_dashboards_changes_total", "Workloads changed by people");
  changes_failed = counter("scaleops_dashboards_changes_failed_total",
                           "Changes by people that could not be written");
  workload_gauge = gauge("scaleops_dashboards_workloads", "Workloads known");
  saving_gauge = gauge("scaleops_dashboards_saving_possible_monthly",
                       "Possible saving a month, in the price list's currency");
  realised_gauge = gauge("scaleops_dashboards_saving_realised_monthly",
                         "Realised saving a month, in the price list's currency");
}

namespace {

root_actor::behavior_type dashboards_root(root_actor::stateful_pointer<root_state> self,
                                          dashboards_config cfg, component_env env,
                                          dashboards_peers peers) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.peers = std::move(peers);
  st.register_metrics();
  st.start();
  return {// component
          [&st](status_query) { return st.status(); },
          // API
          [&st](api_request& request) { return st.on_request(request); },
          [&st](const subscribe_live& wish) { st.on_subscribe(wish); },
          // objects sink
          [&st](objects_changed& news) { st.on_objects(news); },
          [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); },
          // own ticks
          [&st](caf::tick_atom) { st.on_sample_tick(); },
          [&st](caf::update_atom) { st.on_poll_tick(); },
          [&st](caf::ok_atom) { st.on_status_tick(); }};
}

}  // namespace
}  // namespace dashboards

dashboards_actor spawn_dashboards(caf::actor_system& sys, dashboards_config cfg, component_env env,
                                  dashboards_peers peers) {
  return sys.spawn(dashboards::dashboards_root, std::move(cfg), std::move(env), std::move(peers));
}

}  // namespace scaleops
