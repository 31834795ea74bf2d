// The root's part that people change things by: sessions, grants, exclusions, policies, the stop
// switch; all audited.
#include <fmt/format.h>
#include <prometheus/counter.h>

#include "actors/dashboards/root.hpp"
#include "messages/labels.hpp"

namespace scaleops::dashboards {

// ---- sessions ----

void root_state::answer_session(const call_ptr& what, const rights& caller) {
  ok(what, session_json(what->who, caller));
}

std::string root_state::session_json(const dashboards::caller& who, const rights& caller) const {
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

void root_state::sign_in(const call_ptr& what) {
  std::string token;
  if (auto wrong = read_token(what->request.body, token))
    return invalid(what, *wrong);
  if (door->limiter.permits(what->request.peer, now()))
    if (auto user = door->spend_one_time(token)) {
      what->who.who = std::move(user);
      return open_session(what);
    }
  review(what, std::move(token), &root_state::open_session);
}

void root_state::open_session(const call_ptr& what) {
  if (rights_of(*what).best() < role::viewer)
    return error(
      what, 403, "forbidden",
      fmt::format("{} is known to the cluster but has no role here.", what->who.who->name));
  std::string cookie;
  auto set = door->open_session(*what->who.who, now(), cookie);
  what->who.open = door->find(cookie, now());
  note(*what, "sign-in", {}, {}, {}, {}, {});
  api_response response{200, "application/json", {{"Set-Cookie", set}}, nullptr};
  response.body = std::make_shared<const std::string>(session_json(what->who, rights_of(*what)));
  deliver(what, std::move(response));
}

void root_state::sign_out(const call_ptr& what) {
  if (what->who.who)
    note(*what, "sign-out", {}, {}, {}, {}, {});
  api_response response{
    204, "application/json", {{"Set-Cookie", door->close_session(what->request, now())}}, nullptr};
  deliver(what, std::move(response));
}

// ---- changing ----

void root_state::change(const call_ptr& what, const rights& caller, change_body form) {
  change_wish wish;
  if (auto wrong = read_change(form, what->request.body, wish))
    return invalid(what, *wrong);
  if (wish.kind == change_wish::what::policy && !wish.policy.empty() &&
      !cfg.policies.contains(wish.policy) &&
      !cluster.view().policies.find(labels::system_namespace, wish.policy))
    return invalid(what, {"body.policy", fmt::format("there is no policy \"{}\"", wish.policy)});
  if (wish.filter)
    for (auto* row : with_rows(caller, *wish.filter))
      wish.workloads.push_back(row->ref);
  if (wish.workloads.size() > most_changes_at_once)
    return invalid(
      what, {"body.filter", fmt::format("matches {} workloads, at most {} can be changed at once",
                                        wish.workloads.size(), most_changes_at_once)});
  write_changes job;
  job.kind = wish.kind;
  job.policy = wish.policy;
  job.who = what->who.who->name;
  for (auto& ref : wish.workloads) {
    auto* row = cluster.find(ref);
    if (!row || !caller.may_see(ref.ns))
      return error(what, 404, "not-found",
                   fmt::format("There is no workload {}.", ref.to_string()));
    if (is_system_namespace(ref.ns) && wish.kind == change_wish::what::automate)
      return error(
        what, 409, "system-namespace",
        fmt::format("{} is in a system namespace, which is never changed.", ref.to_string()));
    if (!caller.may_change(ref.ns))
      return error(what, 403, "forbidden",
                   fmt::format("You may not change workloads in namespace {}.", ref.ns));
    job.items.push_back({ref, row->advice});
  }
  // As long as the writer may try: what it does is audited even if the person has gone.
  auto limit = cfg.request_timeout * int64_t(8 + job.items.size() / cfg.writes_at_once);
  self->request(writer, limit, std::move(job))
    .then([this, what, wish](changes_written& written) { on_changed(what, wish, written); },
          [this, what](caf::error& why) { error(what, 503, "unavailable", text_of(why)); });
}

std::vector<const workload_row*> root_state::with_rows(const rights& caller,
                                                       const workload_query& filter) const {
  view_context in{cluster, platform, cfg.prices, caller, now()};
  auto rows = select(in, filter);
  std::erase_if(rows, [&](auto* row) {
    return is_system_namespace(row->ref.ns) || !caller.may_change(row->ref.ns);
  });
  return rows;
}

void root_state::on_changed(const call_ptr& what, const change_wish& wish,
                            const changes_written& written) {
  size_t changed = 0, failed = 0;
  json_writer out;
  out.open_object().key("failures").open_array();
  for (auto& item : written.items) {
    if (!item.failure.empty()) {
      ++failed;
      out.open_object()
        .member("workload", item.workload.to_string())
        .member("message", item.failure)
        .close_object();
    } else if (item.differs) {
      ++changed;
    }
    if (item.differs)
      note(*what, to_string(wish.kind), item.workload.to_string(), item.before, item.after,
           wish.why, item.failure);
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

void root_state::write_event(const call& what, const change_wish& wish,
                             const changes_written& written, size_t changed) {
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
    self
      ->request(env.kube, cfg.request_timeout,
                create_object{std::make_shared<const object>(std::move(out))})
      .then([](object_ptr&) {}, [](caf::error&) {});  // telling is no condition of doing
  };
  auto& who = what.who.who->name;
  if (changed > most_events)
    return about({}, fmt::format("{}: {} ({} workloads)", who, to_string(wish.kind), changed));
  for (auto& item : written.items)
    if (item.differs && item.failure.empty())
      about(item.workload, fmt::format("{}: {} (before: {}, now: {})", who, to_string(wish.kind),
                                       item.before, item.after));
}

void root_state::set_pause(const call_ptr& what, bool paused) {
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
        note(*what, paused ? "pause" : "resume", {}, before, paused ? "paused" : "running", why,
             {});
        publish("health", "{}");
        ok(what, fmt::format("{{\"paused\":{}}}", paused));
      },
      [this, what](caf::error& failure) {
        error(what, 503, "unavailable", "The updater did not answer: " + text_of(failure));
      });
}

void root_state::note(const call& what, std::string_view action, std::string target,
                      std::string before, std::string after, std::string why, std::string failure) {
  auto& entry = platform.audit.append(
    {0, now(), what.who.who ? what.who.who->name : "nobody", what.request.peer, std::string{action},
     std::move(target), std::move(before), std::move(after), std::move(why), std::move(failure)});
  publish("audit", audit_json(entry));
}

}  // namespace scaleops::dashboards
