#include "actors/dashboards/dashboards.hpp"

#include <array>

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "actors/common/watcher.hpp"
#include "actors/dashboards/change_writer.hpp"
#include "actors/dashboards/logic/rendering.hpp"
#include "actors/dashboards/logic/routing.hpp"
#include "actors/dashboards/sign_in.hpp"
#include "actors/dashboards/usage_reader.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

using namespace dashboards;
using namespace dashboards::logic;

constexpr std::array watched = {object_kind::namespace_object, object_kind::custom_owner_grouping,
                                object_kind::node,             object_kind::policy,
                                object_kind::policy_rule,      object_kind::automated_namespace,
                                object_kind::workload,         object_kind::recommendation,
                                object_kind::pod,              object_kind::health_report,
                                object_kind::event};

// Its own ticks: sample (usage), poll (updater), status (components).
using self_actor = dashboards_actor::extend_with<objects_sink_actor>::extend<
  caf::reacts_to<caf::tick_atom>, caf::reacts_to<caf::update_atom>, caf::reacts_to<caf::ok_atom>>;

/// One API call under way.
struct call {
  api_request request;
  route_match match;
  caller who;
  caf::typed_response_promise<api_response> reply;
};
using call_ptr = std::shared_ptr<call>;

struct dashboards_state {
  static inline const char* name = "dashboards";
  explicit dashboards_state(self_actor::pointer self) : self{self} {}

  self_actor::pointer self;
  dashboards_config cfg;
  component_env env;
  dashboards_peers peers;
  inventory cluster;
  platform_state platform;
  std::unique_ptr<doorkeeper> door;
  usage_reader_actor reader;
  change_writer_actor writer;
  std::map<caf::actor_addr, live_sink_actor> sinks;
  uint64_t last_event = 0;
  uint64_t last_action = 0;  // of the updater's log
  uint64_t notes = 0;        // Events written
  uint64_t answered = 0;
  std::map<int, prometheus::Counter*> answers;  // by status class
  prometheus::Counter* rounds_done = nullptr;
  prometheus::Counter* readings_failed = nullptr;
  prometheus::Counter* changes_done = nullptr;
  prometheus::Counter* changes_failed = nullptr;
  prometheus::Gauge* workload_gauge = nullptr;
  prometheus::Gauge* saving_gauge = nullptr;
  prometheus::Gauge* realised_gauge = nullptr;

  instant now() const { return env.anchor.at(self->clock().now()); }

  void start() {
    door = std::make_unique<doorkeeper>(cfg, env.seed);
    reader = spawn_usage_reader(self, {cfg.readings_at_once, cfg.request_timeout}, env.kube);
    writer = spawn_change_writer(self, {cfg.writes_at_once, 4, cfg.request_timeout}, env);
    platform.watched = watched.size();
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

  void on_objects(objects_changed& news) {
    inventory_news told;
    for (auto& event : news.events)
      cluster.apply(event, now(), told);
    tell(told);
  }

  void tell(const inventory_news& news) {
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

  void on_synced(const watch_synced& sync) {
    platform.synced.insert(sync.kind);
    platform.lost.erase(sync.kind);
    note_status(status());
  }

  void on_lost(const watch_lost& lost) { platform.lost[lost.kind] = std::string{to_string(lost.reason)}; }

  // ---- measuring ----

  void on_sample_tick() {
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

  void on_round(const usage_round& round) {
    for (auto& reading : round.readings)
      for (auto& metric : reading->containers)
        if (auto* owner = metric.pod ? std::get_if<pod>(metric.pod.get()) : nullptr)
          cluster.measure({owner->meta.ns, owner->meta.name}, metric.container,
                          {metric.at, metric.started, metric.cpu_seconds, metric.working_set});
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

  void on_poll_tick() {
    if (!peers.updater)
      return;
    self->delayed_send(self, cfg.poll_period, caf::update_atom_v);
    self->request(peers.updater, cfg.request_timeout, update_log_query{last_action})
      .then([this](update_log& log) { on_update_log(log); }, [](caf::error&) {});
  }

  void on_update_log(const update_log& log) {
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

  void on_status_tick() {
    self->delayed_send(self, cfg.status_period, caf::ok_atom_v);
    auto self_view = status();
    note_status(self_view);
    for (size_t i = 0; i < peers.components.size(); ++i)
      self->request(peers.components[i], cfg.request_timeout, status_query{})
        .then([this, i](component_status& told) {
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

  std::map<size_t, std::string> asked;  // names of the peers by index, once they have answered

  void note_status(const component_status& told) {
    std::string component{to_string(told.which)};
    platform.components[component] = {component, true, told.ready, told.detail, told.at, told.done};
  }

  component_status status() const {
    component_status out{component::dashboards, platform.ready(), {}, now(), answered};
    out.detail = fmt::format("{} workloads, {} of {} caches in step, {} live streams", cluster.workloads().size(),
                             platform.synced.size(), platform.watched, sinks.size());
    return out;
  }

  // ---- live ----

  void on_subscribe(const subscribe_live& wish) {
    self->monitor(wish.sink);
    sinks[wish.sink.address()] = wish.sink;
  }

  void publish(std::string type, std::string data) {
    live_event event{++last_event, std::move(type), std::move(data)};
    for (auto& [address, sink] : sinks)
      self->send(sink, event);
  }

  // ---- answering ----

  caf::result<api_response> on_request(api_request& request) {
    auto promise = self->make_response_promise<api_response>();
    auto what = std::make_shared<call>();
    what->reply = promise;
    what->request = std::move(request);
    what->match = match_route(what->request.method, what->request.path);
    if (!what->match.found)
      refuse_route(what);
    else
      authenticate(what);
    return promise;
  }

  void refuse_route(const call_ptr& what) {
    if (what->match.allowed.empty())
      return error(what, 404, "not-found", "There is no such endpoint.");
    api_response response{405, "application/json", {{"Allow", what->match.allowed}}, nullptr};
    response.body = std::make_shared<const std::string>(
      error_json("method-not-allowed", "This endpoint understands " + what->match.allowed + "."));
    deliver(what, std::move(response));
  }

  void authenticate(const call_ptr& what) {
    auto token = doorkeeper::bearer_of(what->request);
    if (token.empty()) {
      what->who = door->by_cookie(what->request, now());
      return authorise(what);
    }
    if (auto known = door->remembered(token, now())) {
      what->who.who = std::move(known);
      return authorise(what);
    }
    review(what, std::move(token), &dashboards_state::authorise);
  }

  /// Asks the cluster whose token this is, then goes on with `next`.
  void review(const call_ptr& what, std::string token, void (dashboards_state::*next)(const call_ptr&)) {
    auto& peer = what->request.peer;
    if (!door->limiter.permits(peer, now()))
      return error(what, 429, "too-many-requests", "Too many failed sign-ins from this address; wait a minute.");
    self->request(env.kube, cfg.request_timeout, token_query{token})
      .then(
        [this, what, token, next](user_info& user) {
          what->who.who = identity{user.name, user.groups};
          door->remember(token, *what->who.who, now());
          (this->*next)(what);
        },
        [this, what](caf::error& why) {
          if (code_of(why) == ec::unauthorized) {
            door->limiter.failed(what->request.peer, now());
            return error(what, 401, "unauthorized", "The cluster does not accept this token.");
          }
          error(what, 503, "unavailable", "The cluster cannot check the token now: " + text_of(why));
        });
  }

  void authorise(const call_ptr& what) {
    auto caller = rights_of(*what);
    auto needed = what->match.found->needed;
    if (!caller.allows(needed)) {
      if (!what->who.who)
        return error(what, 401, "unauthorized", "Sign in first.");
      return error(what, 403, "forbidden",
                   fmt::format("{} has the role {}, which does not permit this.", what->who.who->name,
                               to_string(caller.best())));
    }
    bool writes = what->request.method != "GET";
    bool signs_in = what->match.found->what == endpoint::session_create;
    if (writes && !signs_in && what->who.open) {
      auto doubt = doorkeeper::cross_site_doubt(what->request, *what->who.open);
      if (!doubt.empty())
        return error(what, 403, "cross-site", "Refused: " + doubt + ".");
    }
    if (needed >= permission::operate) {
      if (cfg.read_only)
        return error(what, 403, "read-only", "This installation is read-only.");
      if (!what->who.who)
        return error(what, 401, "unauthorized", "Sign in first: changes need a name.");
    }
    dispatch(what);
  }

  rights rights_of(const call& what) const {
    return rights{cfg.access, what.who.who ? &*what.who.who : nullptr};
  }

  template <class View>
  std::string with_context(const rights* caller, View view) const {
    rights all{access_rules{{}, role::admin, role::admin}, nullptr};
    view_context in{cluster, platform, cfg.prices, caller ? *caller : all, now()};
    return view(in);
  }

  void dispatch(const call_ptr& what) {
    auto caller = rights_of(*what);
    query_reader query{what->request.query};
    auto reply = [&](auto view) {
      if (auto wrong = query.finish())
        return invalid(what, *wrong);
      ok(what, with_context(&caller, view));
    };
    switch (what->match.found->what) {
      case endpoint::session_get: return answer_session(what, caller);
      case endpoint::session_create: return sign_in(what);
      case endpoint::session_delete: return sign_out(what);
      case endpoint::overview: return reply(overview_view);
      case endpoint::namespaces: return reply(namespaces_view);
      case endpoint::policies: return reply(policies_view);
      case endpoint::rules: return reply(rules_view);
      case endpoint::health: return reply(health_view);
      case endpoint::components: return reply(components_view);
      case endpoint::live: return reply([](auto&) { return std::string{}; });
      case endpoint::workload_list: {
        auto wish = read_workload_query(query);
        return reply([&](auto& in) { return workloads_view(in, wish); });
      }
      case endpoint::recommendations: {
        auto wish = read_workload_query(query);
        return reply([&](auto& in) { return recommendations_view(in, wish); });
      }
      case endpoint::events: {
        auto limit = size_t(query.number("limit", 200, 1, 2000));
        bool warnings = query.flag("warnings");
        return reply([&](auto& in) { return events_view(in, limit, warnings); });
      }
      case endpoint::workload_get: return answer_workload(what, caller, query);
      case endpoint::series: return answer_series(what, caller, query);
      case endpoint::actions: return answer_actions(what, caller, query);
      case endpoint::audit: return answer_audit(what, caller, query);
      case endpoint::set_automation: return change(what, caller, change_body::automation);
      case endpoint::set_exclusion: return change(what, caller, change_body::exclusion);
      case endpoint::set_policy: return change(what, caller, change_body::policy);
      case endpoint::pause: return set_pause(what, true);
      case endpoint::resume: return set_pause(what, false);
    }
  }

  void answer_workload(const call_ptr& what, const rights& caller, query_reader& query) {
    auto& part = what->match.captures;
    auto* row = cluster.find({part[0], part[1], part[2]});
    if (auto wrong = query.finish())
      return invalid(what, *wrong);
    if (!row || !caller.may_see(row->ref.ns))
      return error(what, 404, "not-found", fmt::format("There is no workload {}/{}/{}.", part[0], part[1], part[2]));
    ok(what, with_context(&caller, [&](auto& in) { return workload_view(in, *row); }));
  }

  void answer_series(const call_ptr& what, const rights& caller, query_reader& query) {
    using namespace std::chrono;
    auto ref = query.workload("workload");
    auto span = query.span("span", hours{6}, minutes{5}, hours{24 * 90});
    auto points = size_t(query.number("points", 300, 10, 2000));
    if (auto wrong = query.finish())
      return invalid(what, *wrong);
    if (!ref)
      return ok(what, with_context(&caller, [&](auto& in) { return cluster_series_view(in, span, points); }));
    auto* row = cluster.find(*ref);
    if (!row || !caller.may_see(ref->ns))
      return error(what, 404, "not-found", fmt::format("There is no workload {}.", ref->to_string()));
    ok(what, with_context(&caller, [&](auto& in) { return workload_series_view(in, *row, span, points); }));
  }

  void answer_actions(const call_ptr& what, const rights& caller, query_reader& query) {
    action_filter filter;
    filter.after = uint64_t(query.number("after", 0, 0, INT64_MAX));
    filter.workload = query.workload("workload");
    filter.outcome = query.choice("outcome", {"done", "refused"});
    filter.action = query.choice("action", {"resize", "evict"});
    filter.limit = size_t(query.number("limit", 100, 1, 10'000));
    if (auto wrong = query.finish())
      return invalid(what, *wrong);
    ok(what, with_context(&caller, [&](auto& in) { return actions_view(in, filter); }));
  }

  void answer_audit(const call_ptr& what, const rights& caller, query_reader& query) {
    auto before = uint64_t(query.number("before", 0, 0, INT64_MAX));
    auto limit = size_t(query.number("limit", 200, 1, 10'000));
    auto format = query.choice("format", {"json", "csv"});
    if (auto wrong = query.finish())
      return invalid(what, *wrong);
    if (caller.everywhere() < role::viewer)
      return error(what, 403, "forbidden", "The audit log is for those who may see the whole cluster.");
    if (format != "csv")
      return ok(what, with_context(&caller, [&](auto& in) { return audit_view(in, before, limit); }));
    api_response response{200, "text/csv; charset=utf-8", {}, nullptr};
    response.headers["Content-Disposition"] = "attachment; filename=\"scaleops-audit.csv\"";
    response.body = std::make_shared<const std::string>(audit_csv(platform.audit.entries()));
    deliver(what, std::move(response));
  }

  // ---- sessions ----

  void answer_session(const call_ptr& what, const rights& caller) { ok(what, session_json(what->who, caller)); }

  std::string session_json(const dashboards::caller& who, const rights& caller) const {
    json_writer out;
    out.open_object()
      .member("signed_in", who.who.has_value())
      .member("user", who.who ? who.who->name : "")
      .member("role", to_string(caller.best()))
      .member("may_operate", caller.allows(permission::operate) && who.who && !cfg.read_only)
      .member("may_pause", caller.allows(permission::operate_everywhere) && who.who && !cfg.read_only)
      .member("read_only", cfg.read_only)
      .member("anonymous_view", cfg.access.anonymous >= role::viewer)
      .member("csrf", who.open ? who.open->csrf : "")
      .member("until", who.open ? who.open->until : instant{})
      .member("identity", env.identity)
      .close_object();
    return out.take();
  }

  void sign_in(const call_ptr& what) {
    std::string token;
    if (auto wrong = read_token(what->request.body, token))
      return invalid(what, *wrong);
    if (door->limiter.permits(what->request.peer, now()))
      if (auto user = door->spend_one_time(token)) {
        what->who.who = std::move(user);
        return open_session(what);
      }
    review(what, std::move(token), &dashboards_state::open_session);
  }

  void open_session(const call_ptr& what) {
    if (rights_of(*what).best() < role::viewer)
      return error(what, 403, "forbidden",
                   fmt::format("{} is known to the cluster but has no role here.", what->who.who->name));
    std::string cookie;
    auto set = door->open_session(*what->who.who, now(), cookie);
    what->who.open = door->find(cookie, now());
    note(*what, "sign-in", {}, {}, {}, {}, {});
    api_response response{200, "application/json", {{"Set-Cookie", set}}, nullptr};
    response.body = std::make_shared<const std::string>(session_json(what->who, rights_of(*what)));
    deliver(what, std::move(response));
  }

  void sign_out(const call_ptr& what) {
    if (what->who.who)
      note(*what, "sign-out", {}, {}, {}, {}, {});
    api_response response{204, "application/json", {{"Set-Cookie", door->close_session(what->request, now())}}, nullptr};
    deliver(what, std::move(response));
  }

  // ---- changing ----

  void change(const call_ptr& what, const rights& caller, change_body form) {
    change_wish wish;
    if (auto wrong = read_change(form, what->request.body, wish))
      return invalid(what, *wrong);
    if (wish.kind == change_wish::what::policy && !wish.policy.empty() &&
        !cluster.view().policies.find(labels::system_namespace, wish.policy))
      return invalid(what, {"body.policy", fmt::format("there is no policy \"{}\"", wish.policy)});
    if (wish.filter)
      for (auto* row : with_rows(caller, *wish.filter))
        wish.workloads.push_back(row->ref);
    if (wish.workloads.size() > most_changes_at_once)
      return invalid(what, {"body.filter", fmt::format("matches {} workloads, at most {} can be changed at once",
                                                       wish.workloads.size(), most_changes_at_once)});
    write_changes job;
    job.kind = wish.kind;
    job.policy = wish.policy;
    job.who = what->who.who->name;
    for (auto& ref : wish.workloads) {
      auto* row = cluster.find(ref);
      if (!row || !caller.may_see(ref.ns))
        return error(what, 404, "not-found", fmt::format("There is no workload {}.", ref.to_string()));
      if (is_system_namespace(ref.ns) && wish.kind == change_wish::what::automate)
        return error(what, 409, "system-namespace", fmt::format("{} is in a system namespace, which is never changed.",
                                                                ref.to_string()));
      if (!caller.may_change(ref.ns))
        return error(what, 403, "forbidden", fmt::format("You may not change workloads in namespace {}.", ref.ns));
      job.items.push_back({ref, row->advice});
    }
    auto limit = cfg.request_timeout * int64_t(2 + job.items.size() / cfg.writes_at_once);
    self->request(writer, limit, std::move(job))
      .then([this, what, wish](changes_written& written) { on_changed(what, wish, written); },
            [this, what](caf::error& why) { error(what, 503, "unavailable", text_of(why)); });
  }

  std::vector<const workload_row*> with_rows(const rights& caller, const workload_query& filter) const {
    view_context in{cluster, platform, cfg.prices, caller, now()};
    auto rows = select(in, filter);
    std::erase_if(rows, [&](auto* row) { return is_system_namespace(row->ref.ns) || !caller.may_change(row->ref.ns); });
    return rows;
  }

  void on_changed(const call_ptr& what, const change_wish& wish, const changes_written& written) {
    size_t changed = 0, failed = 0;
    json_writer out;
    out.open_object().key("failures").open_array();
    for (auto& item : written.items) {
      if (!item.failure.empty()) {
        ++failed;
        out.open_object().member("workload", item.workload.to_string()).member("message", item.failure).close_object();
      } else if (item.differs) {
        ++changed;
      }
      if (item.differs)
        note(*what, to_string(wish.kind), item.workload.to_string(), item.before, item.after, wish.why, item.failure);
    }
    out.close_array()
      .member("changed", changed)
      .member("unchanged", written.items.size() - changed - failed)
      .member("failed", failed)
      .close_object();
    changes_done->Increment(double(changed));
    changes_failed->Increment(double(failed));
    write_event(*what, wish, written, changed);
    ok(what, out.take());
  }

  /// The change is told in the cluster too: one Event a workload, or one for all when there are many.
  void write_event(const call& what, const change_wish& wish, const changes_written& written, size_t changed) {
    constexpr size_t most_events = 20;
    auto about = [&](const workload_ref& ref, std::string text) {
      event out;
      out.meta.ns = ref.ns.empty() ? std::string{labels::system_namespace} : ref.ns;
      out.meta.name = fmt::format("{}.{:x}.{}", ref.ns.empty() ? "dashboards" : ref.object_name(),
                                  now().time_since_epoch().count(), ++notes);
      out.kind = ref.kind;
      out.object_ns = ref.ns;
      out.object_name = ref.name;
      out.reason = "ChangedByPerson";
      out.message = std::move(text);
      out.component = "scaleops-dashboards";
      out.last_seen = now();
      self->request(env.kube, cfg.request_timeout, create_object{std::make_shared<const object>(std::move(out))})
        .then([](object_ptr&) {}, [](caf::error&) {});  // telling is no condition of doing
    };
    auto& who = what.who.who->name;
    if (changed > most_events)
      return about({}, fmt::format("{}: {} ({} workloads)", who, to_string(wish.kind), changed));
    for (auto& item : written.items)
      if (item.differs && item.failure.empty())
        about(item.workload, fmt::format("{}: {} (before: {}, now: {})", who, to_string(wish.kind), item.before, item.after));
  }

  void set_pause(const call_ptr& what, bool paused) {
    std::string why;
    if (auto wrong = read_reason(what->request.body, why))
      return invalid(what, *wrong);
    if (!peers.updater)
      return error(what, 503, "unavailable", "The updater does not run in this process.");
    auto who = what->who.who->name;
    self->request(peers.updater, cfg.request_timeout, pause_updates{paused, who})
      .then(
        [this, what, paused, who, why](component_status& told) {
          note_status(told);
          auto before = platform.pause.paused ? "paused" : "running";
          platform.pause = {paused, who, why, now()};
          note(*what, paused ? "pause" : "resume", {}, before, paused ? "paused" : "running", why, {});
          publish("health", "{}");
          ok(what, fmt::format("{{\"paused\":{}}}", paused));
        },
        [this, what](caf::error& failure) {
          error(what, 503, "unavailable", "The updater did not answer: " + text_of(failure));
        });
  }

  void note(const call& what, std::string_view action, std::string target, std::string before, std::string after,
            std::string why, std::string failure) {
    auto& entry = platform.audit.append({0, now(), what.who.who ? what.who.who->name : "nobody", what.request.peer,
                                         std::string{action}, std::move(target), std::move(before), std::move(after),
                                         std::move(why), std::move(failure)});
    publish("audit", audit_json(entry));
  }

  // ---- replies ----

  void ok(const call_ptr& what, std::string json) {
    api_response response;
    response.body = std::make_shared<const std::string>(std::move(json));
    deliver(what, std::move(response));
  }

  void error(const call_ptr& what, int status, std::string_view code, const std::string& message) {
    api_response response;
    response.status = status;
    if (status == 401)
      response.headers["WWW-Authenticate"] = "Bearer realm=\"scaleops\"";
    response.body = std::make_shared<const std::string>(error_json(code, message));
    deliver(what, std::move(response));
  }

  void invalid(const call_ptr& what, const input_error& wrong) {
    api_response response;
    response.status = 400;
    response.body = std::make_shared<const std::string>(
      error_json("invalid", fmt::format("{} {}.", wrong.field, wrong.message), wrong.field));
    deliver(what, std::move(response));
  }

  void deliver(const call_ptr& what, api_response response) {
    ++answered;
    answers[response.status / 100]->Increment();
    // The cluster's time, which runs faster than the browser's in an accelerated demo.
    response.headers["X-Scaleops-Now"] = std::to_string(now().time_since_epoch().count());
    what->reply.deliver(std::move(response));
  }

  void register_metrics() {
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
    readings_failed = counter("scaleops_dashboards_readings_failed_total", "Nodes that did not answer a reading");
    changes_done = counter("scaleops_dashboards_changes_total", "Workloads changed by people");
    changes_failed = counter("scaleops_dashboards_changes_failed_total", "Changes by people that could not be written");
    workload_gauge = gauge("scaleops_dashboards_workloads", "Workloads known");
    saving_gauge = gauge("scaleops_dashboards_saving_possible_monthly", "Possible saving a month, in the price list's currency");
    realised_gauge = gauge("scaleops_dashboards_saving_realised_monthly", "Realised saving a month, in the price list's currency");
  }
};

self_actor::behavior_type dashboards_root(self_actor::stateful_pointer<dashboards_state> self, dashboards_config cfg,
                                          component_env env, dashboards_peers peers) {
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
          [&st](objects_changed& news) { st.on_objects(news); }, [&st](const watch_synced& sync) { st.on_synced(sync); },
          [&st](const watch_lost& lost) { st.on_lost(lost); },
          // own ticks
          [&st](caf::tick_atom) { st.on_sample_tick(); }, [&st](caf::update_atom) { st.on_poll_tick(); },
          [&st](caf::ok_atom) { st.on_status_tick(); }};
}

}  // namespace

dashboards_actor spawn_dashboards(caf::actor_system& sys, dashboards_config cfg, component_env env,
                                  dashboards_peers peers) {
  return sys.spawn(dashboards_root, std::move(cfg), std::move(env), std::move(peers));
}

}  // namespace scaleops
