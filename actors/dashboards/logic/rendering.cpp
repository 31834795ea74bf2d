#include "actors/dashboards/logic/rendering.hpp"

#include <algorithm>

#include "actors/dashboards/logic/reason_text.hpp"

namespace scaleops::dashboards::logic {

void put(json_writer& out, const resources& value) {
  out.open_object().member("cpu", value.cpu).member("memory", value.memory).close_object();
}

void put(json_writer& out, const container_resources& value) {
  out.open_object().key("requests");
  put(out, value.requests);
  out.key("limits");
  put(out, value.limits);
  out.close_object();
}

void put(json_writer& out, const amounts& value) {
  out.open_object().member("cpu", value.cpu).member("memory", value.memory).close_object();
}

void put(json_writer& out, const reason& why) {
  out.open_object()
    .member("resource", to_string(why.resource))
    .member("code", to_string(why.code))
    .member("value", why.value)
    .member("reference", why.reference)
    .member("text", explain(why))
    .close_object();
}

void put(json_writer& out, const action_entry& entry) {
  out.open_object()
    .member("seq", entry.seq)
    .member("at", entry.at)
    .member("workload", entry.workload.to_string())
    .member("pod", entry.pod.name)
    .member("container", entry.container)
    .member("action", entry.action)
    .member("done", entry.done)
    .member("why", entry.why)
    .member("detail", entry.detail)
    .key("before");
  put(out, entry.before);
  out.key("after");
  put(out, entry.after);
  out.close_object();
}

void put(json_writer& out, const kill_mark& kill) {
  out.open_object()
    .member("at", kill.at)
    .member("pod", kill.pod.name)
    .member("container", kill.container)
    .member("limit", kill.limit)
    .close_object();
}

std::string_view automation_word(const grant_answer& grant) {
  if (grant.granted)
    return "automated";
  switch (grant.why) {
    case grant_denial::excluded:
      return "excluded";
    case grant_denial::system_namespace:
      return "system";
    default:
      return "open";
  }
}

std::string lower_case(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return out;
}

double open_saving(const view_context& in, const workload_row& row) {
  return monthly_cost(row.requests - row.recommended(), in.prices);
}

void put_row(json_writer& out, const view_context& in, const workload_row& row) {
  auto resource = [&](std::string_view name, resource_kind kind) {
    out.key(name)
      .open_object()
      .member("requested", row.requests[kind])
      .member("limit", row.limits[kind])
      .key("used");
    row.measured > 0 ? out.value(row.use[kind]) : out.value(nullptr);
    out.member("recommended", row.recommended()[kind])
      .member("original", row.original()[kind])
      .close_object();
  };
  auto* advice = row.advice.get();
  out.open_object()
    .member("id", row.ref.to_string())
    .member("namespace", row.ref.ns)
    .member("kind", row.ref.kind)
    .member("name", row.ref.name)
    .member("pods", row.live)
    .member("ready", row.ready)
    .member("restarts", row.restarts)
    .member("policy", advice ? std::string_view{advice->status.policy} : std::string_view{})
    .member("policy_override",
            advice ? std::string_view{advice->policy_override} : std::string_view{})
    .member("automation", automation_word(row.grant))
    .member("granted_by", row.grant.by)
    .member("advised", advice && !advice->status.containers.empty())
    .member("urgent", row.urgent())
    .member("confidence", row.confidence())
    .member("coverage", advice ? advice->coverage : 0.0)
    .member("kills_24h", row.kills_since(in.now - std::chrono::hours{24}));
  resource("cpu", resource_kind::cpu);
  resource("memory", resource_kind::memory);
  out.key("cost").value(monthly_cost(row.requests, in.prices), 2);
  out.key("saving").value(open_saving(in, row), 2);
  out.key("realised")
    .value(row.grant.granted ? monthly_cost(row.original() - row.requests, in.prices) : 0.0, 2);
  out.close_object();
}

void put_advice(json_writer& out, const container_recommendation& part) {
  out.open_object().member("name", part.name).key("current");
  put(out, part.current);
  out.key("target");
  put(out, part.target);
  out.key("lower");
  put(out, part.lower);
  out.key("upper");
  put(out, part.upper);
  out.member("confidence", part.confidence)
    .member("urgent", part.urgent)
    .key("reasons")
    .open_array();
  for (auto& why : part.reasons)
    put(out, why);
  out.close_array().close_object();
}

std::string error_json(std::string_view code, std::string_view message, std::string_view field) {
  json_writer out;
  out.open_object().key("error").open_object().member("code", code).member("message", message);
  if (!field.empty())
    out.member("field", field);
  out.close_object().close_object();
  return out.take();
}

}  // namespace scaleops::dashboards::logic
