// The root's API: which call it is, who calls, may they, and the answer.
#include <fmt/format.h>
#include <prometheus/counter.h>
#include <nlohmann/json.hpp>

#include "actors/dashboards/root.hpp"
#include "messages/crd/crd.hpp"
#include "messages/labels.hpp"

namespace scaleops::dashboards {

// ---- answering ----

caf::result<api_response> root_state::on_request(api_request& request) {
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

void root_state::refuse_route(const call_ptr& what) {
  if (what->match.allowed.empty())
    return error(what, 404, "not-found", "There is no such endpoint.");
  api_response response{405, "application/json", {{"Allow", what->match.allowed}}, nullptr};
  response.body = std::make_shared<const std::string>(
    error_json("method-not-allowed", "This endpoint understands " + what->match.allowed + "."));
  deliver(what, std::move(response));
}

void root_state::authenticate(const call_ptr& what) {
  auto token = doorkeeper::bearer_of(what->request);
  if (token.empty()) {
    what->who = door->by_cookie(what->request, now());
    return authorise(what);
  }
  if (auto known = door->remembered(token, now())) {
    what->who.who = std::move(known);
    return authorise(what);
  }
  review(what, std::move(token), &root_state::authorise);
}

void root_state::review(const call_ptr& what, std::string token,
                        void (root_state::*next)(const call_ptr&)) {
  auto& peer = what->request.peer;
  if (!door->limiter.permits(peer, now()))
    return error(what, 429, "too-many-requests",
                 "Too many failed sign-ins from this address; wait a minute.");
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

void root_state::authorise(const call_ptr& what) {
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

rights root_state::rights_of(const call& what) const {
  return rights{cfg.access, what.who.who ? &*what.who.who : nullptr};
}

void root_state::dispatch(const call_ptr& what) {
  auto caller = rights_of(*what);
  query_reader query{what->request.query};
  auto reply = [&](auto view) {
    if (auto wrong = query.finish())
      return invalid(what, *wrong);
    ok(what, with_context(&caller, view));
  };
  switch (what->match.found->what) {
    case endpoint::session_get:
      return answer_session(what, caller);
    case endpoint::session_create:
      return sign_in(what);
    case endpoint::session_delete:
      return sign_out(what);
    case endpoint::overview:
      return reply(overview_view);
    case endpoint::namespaces:
      return reply(namespaces_view);
    case endpoint::policies:
      return reply(policies_view);
    case endpoint::rules:
      return reply(rules_view);
    case endpoint::health:
      return reply(health_view);
    case endpoint::components:
      return reply(components_view);
    case endpoint::live:
      return reply([](auto&) { return std::string{}; });
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
    case endpoint::workload_get:
      return answer_workload(what, caller, query);
    case endpoint::workload_recommendation:
      return answer_recommendation(what, caller, query);
    case endpoint::workload_evidence:
      return answer_evidence(what, caller, query);
    case endpoint::series:
      return answer_series(what, caller, query);
    case endpoint::actions:
      return answer_actions(what, caller, query);
    case endpoint::audit:
      return answer_audit(what, caller, query);
    case endpoint::set_automation:
      return change(what, caller, change_body::automation);
    case endpoint::set_exclusion:
      return change(what, caller, change_body::exclusion);
    case endpoint::set_policy:
      return change(what, caller, change_body::policy);
    case endpoint::pause:
      return set_pause(what, true);
    case endpoint::resume:
      return set_pause(what, false);
  }
}

const workload_row* root_state::row_of(const call_ptr& what, const rights& caller,
                                       query_reader& query) {
  auto& part = what->match.captures;
  if (auto wrong = query.finish()) {
    invalid(what, *wrong);
    return nullptr;
  }
  auto* row = cluster.find({part[0], part[1], part[2]});
  if (row && caller.may_see(row->ref.ns))
    return row;
  error(what, 404, "not-found",
        fmt::format("There is no workload {}/{}/{}.", part[0], part[1], part[2]));
  return nullptr;
}

void root_state::answer_workload(const call_ptr& what, const rights& caller, query_reader& query) {
  auto* row = row_of(what, caller, query);
  if (!row)
    return;
  auto answer = [this, what, ref = row->ref](const std::vector<container_risk>& risk) {
    auto* row = cluster.find(ref);
    if (!row)
      return error(what, 404, "not-found",
                   fmt::format("There is no workload {} any more.", ref.to_string()));
    auto caller = rights_of(*what);
    ok(what, with_context(&caller, [&](auto& in) { return workload_view(in, *row, risk); }));
  };
  if (!peers.recommender)
    return answer({});
  self->request(peers.recommender, cfg.risk_timeout, risk_query{row->ref})
    .then([answer](const workload_risk& risk) { answer(risk.containers); },
          [answer](caf::error&) { answer({}); });
}

void root_state::answer_recommendation(const call_ptr& what, const rights& caller,
                                       query_reader& query) {
  auto* row = row_of(what, caller, query);
  if (!row)
    return;
  if (!row->advice || row->advice->status.containers.empty())
    return error(what, 404, "not-found",
                 fmt::format("There is no recommendation for {} yet.", row->ref.to_string()));
  file(what, "application/json", row->ref.object_name() + ".json",
       std::make_shared<const std::string>(crd::render(*row->advice).dump(2) + "\n"));
}

void root_state::answer_evidence(const call_ptr& what, const rights& caller, query_reader& query) {
  auto* row = row_of(what, caller, query);
  if (!row)
    return;
  if (!peers.recommender)
    return error(what, 503, "unavailable", "There is no recommender to ask.");
  self->request(peers.recommender, cfg.request_timeout, evidence_query{row->ref})
    .then(
      [this, what, name = row->ref.object_name() + ".evidence"](recommendation_evidence& found) {
        file(what, "application/octet-stream", name, std::move(found.bytes));
      },
      [this, what](caf::error& why) {
        if (code_of(why) == ec::not_found)
          return error(what, 404, "not-found", text_of(why) + ".");
        error(what, 503, "unavailable", "The recommender does not answer: " + text_of(why) + ".");
      });
}

void root_state::answer_series(const call_ptr& what, const rights& caller, query_reader& query) {
  using namespace std::chrono;
  auto ref = query.workload("workload");
  auto span = query.span("span", hours{6}, minutes{5}, hours{24 * 90});
  auto points = size_t(query.number("points", 300, 10, 2000));
  if (auto wrong = query.finish())
    return invalid(what, *wrong);
  if (!ref)
    return ok(
      what, with_context(&caller, [&](auto& in) { return cluster_series_view(in, span, points); }));
  auto* row = cluster.find(*ref);
  if (!row || !caller.may_see(ref->ns))
    return error(what, 404, "not-found", fmt::format("There is no workload {}.", ref->to_string()));
  ok(what,
     with_context(&caller, [&](auto& in) { return workload_series_view(in, *row, span, points); }));
}

void root_state::answer_actions(const call_ptr& what, const rights& caller, query_reader& query) {
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

void root_state::answer_audit(const call_ptr& what, const rights& caller, query_reader& query) {
  auto before = uint64_t(query.number("before", 0, 0, INT64_MAX));
  auto limit = size_t(query.number("limit", 200, 1, 10'000));
  auto format = query.choice("format", {"json", "csv"});
  if (auto wrong = query.finish())
    return invalid(what, *wrong);
  if (caller.everywhere() < role::viewer)
    return error(what, 403, "forbidden",
                 "The audit log is for those who may see the whole cluster.");
  if (format != "csv")
    return ok(what, with_context(&caller, [&](auto& in) { return audit_view(in, before, limit); }));
  file(what, "text/csv; charset=utf-8", "scaleops-audit.csv",
       std::make_shared<const std::string>(audit_csv(platform.audit.entries())));
}

// ---- replies ----

void root_state::ok(const call_ptr& what, std::string json) {
  api_response response;
  response.body = std::make_shared<const std::string>(std::move(json));
  deliver(what, std::move(response));
}

void root_state::file(const call_ptr& what, std::string content_type, const std::string& name,
                      std::shared_ptr<const std::string> body) {
  api_response response{200, std::move(content_type), {}, std::move(body)};
  response.headers["Content-Disposition"] = "attachment; filename=\"" + name + "\"";
  deliver(what, std::move(response));
}

void root_state::error(const call_ptr& what, int status, std::string_view code,
                       const std::string& message) {
  api_response response;
  response.status = status;
  if (status == 401)
    response.headers["WWW-Authenticate"] = "Bearer realm=\"scaleops\"";
  response.body = std::make_shared<const std::string>(error_json(code, message));
  deliver(what, std::move(response));
}

void root_state::invalid(const call_ptr& what, const input_error& wrong) {
  api_response response;
  response.status = 400;
  response.body = std::make_shared<const std::string>(
    error_json("invalid", fmt::format("{} {}.", wrong.field, wrong.message), wrong.field));
  deliver(what, std::move(response));
}

void root_state::deliver(const call_ptr& what, api_response response) {
  ++answered;
  answers[response.status / 100]->Increment();
  // The cluster's time, which runs faster than the browser's in an accelerated demo.
  response.headers["X-Scaleops-Now"] = std::to_string(now().time_since_epoch().count());
  what->reply.deliver(std::move(response));
}

}  // namespace scaleops::dashboards
