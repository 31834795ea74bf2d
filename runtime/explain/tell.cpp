#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "actors/common/logic/resources.hpp"
#include "actors/dashboards/logic/reason_text.hpp"
#include "actors/recommender/logic/risk.hpp"
#include "runtime/explain/explanation.hpp"

namespace scaleops {

namespace {

using dashboards::logic::explain;
using dashboards::logic::readable_amount;
using json = nlohmann::ordered_json;

std::string amount_text(resource_kind kind, const std::optional<int64_t>& amount) {
  return amount ? readable_amount(kind, double(*amount)) : "unset";
}

/// Where in the course of a decision a reason stands: what is known, the estimate, healing, what
/// holds a change back, bounds from outside, and last how sure it is.
int stage_of(reason_code code) {
  switch (code) {
    case reason_code::excluded:
    case reason_code::no_history:
    case reason_code::stale_input:
    case reason_code::new_revision:
    case reason_code::change_point:
      return 0;
    case reason_code::percentile:
    case reason_code::season:
    case reason_code::recent_peak:
    case reason_code::margin:
    case reason_code::headroom:
      return 1;
    case reason_code::oom_kill:
    case reason_code::leak_suspected:
    case reason_code::burst:
    case reason_code::throttled:
      return 2;
    case reason_code::learning:
    case reason_code::hysteresis:
    case reason_code::live_usage:
    case reason_code::hpa_guard:
      return 3;
    case reason_code::policy_min:
    case reason_code::policy_max:
    case reason_code::limit_range_min:
    case reason_code::limit_range_max:
    case reason_code::quota:
    case reason_code::node_room:
    case reason_code::qos_guard:
      return 4;
    case reason_code::confidence:
      return 5;
  }
  return 5;
}

std::vector<reason> in_order(const std::vector<reason>& all, resource_kind kind) {
  std::vector<reason> out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [kind](const reason& why) { return why.resource == kind; });
  std::stable_sort(out.begin(), out.end(), [](const reason& a, const reason& b) {
    return stage_of(a.code) < stage_of(b.code);
  });
  return out;
}

/// Request and limit, before and after.
std::string change_text(resource_kind kind, const container_recommendation& c) {
  auto part = [kind](const resources& now, const resources& wanted) {
    auto &before = part_of(now, kind), &after = part_of(wanted, kind);
    if (!after || before == after)
      return amount_text(kind, before) + " stays";
    return amount_text(kind, before) + " -> " + amount_text(kind, after);
  };
  auto text = "request " + part(c.current.requests, c.target.requests);
  if (part_of(c.current.limits, kind) || part_of(c.target.limits, kind))
    text += ", limit " + part(c.current.limits, c.target.limits);
  return text;
}

std::string percent(double share) {
  return share > 0 && share < 0.001 ? "under 0.1 %" : fmt::format("{:.3g} %", share * 100);
}

void tell_risk(std::string& out, const container_risk& risk) {
  auto line = [&](std::string text) { out += "    " + text + "\n"; };
  out += "  Risk in a week, with the bounds of 90 %\n";
  if (risk.oom_chance)
    line(fmt::format("{} with a chance of {} ({} to {}).",
                     risk.memory_limited ? "OOM kill" : "Memory above the request",
                     percent(risk.oom_chance->expected), percent(risk.oom_chance->low),
                     percent(risk.oom_chance->high)));
  auto hours = [&](const char* what, const std::optional<risk_range>& range) {
    if (range)
      line(fmt::format("{} for {:.2g} h ({:.2g} to {:.2g} h).", what, range->expected, range->low,
                       range->high));
  };
  hours("CPU use above the request", risk.over_request_h);
  hours("CPU use cut off by the limit", risk.throttled_h);
  auto changes = [&](const char* what, const std::optional<risk_range>& range) {
    if (range)
      line(fmt::format("{} {:.2g} times ({:.2g} to {:.2g}).", what, range->expected, range->low,
                       range->high));
  };
  changes("CPU request changed", risk.cpu_changes);
  changes("Memory request changed", risk.memory_changes);
}

container_risk risk_in(const explanation& what, const container_recommendation& c) {
  for (auto& seen : what.evidence.containers)
    if (seen.name == c.name && seen.state)
      return risk_of(*seen.state, merged(c.current, c.target), *what.evidence.policy, c.name,
                     what.evidence.facts.cost);
  container_risk nothing;
  nothing.container = c.name;
  return nothing;
}

json amounts_json(const resources& r) {
  auto part = [](const std::optional<int64_t>& value) { return value ? json(*value) : json(); };
  return {{"cpu", part(r.cpu)}, {"memory", part(r.memory)}};
}
json amounts_json(const container_resources& r) {
  return {{"requests", amounts_json(r.requests)}, {"limits", amounts_json(r.limits)}};
}

json risk_json(const container_risk& risk) {
  auto range = [](const std::optional<risk_range>& r) {
    return r ? json{{"expected", r->expected}, {"low", r->low}, {"high", r->high}} : json();
  };
  return {{"days", risk.days},
          {"memory_limited", risk.memory_limited},
          {"oom_chance", range(risk.oom_chance)},
          {"over_request_hours", range(risk.over_request_h)},
          {"throttled_hours", range(risk.throttled_h)},
          {"cpu_changes", range(risk.cpu_changes)},
          {"memory_changes", range(risk.memory_changes)}};
}

json container_json(const explanation& what, const container_recommendation& c) {
  auto reasons = json::array();
  for (auto kind : both_resources)
    for (auto& why : in_order(c.reasons, kind))
      reasons.push_back({{"resource", std::string(to_string(why.resource))},
                         {"code", std::string(to_string(why.code))},
                         {"value", why.value},
                         {"reference", why.reference},
                         {"text", explain(why)}});
  return {{"name", c.name},
          {"current", amounts_json(c.current)},
          {"target", amounts_json(c.target)},
          {"lower", amounts_json(c.lower)},
          {"upper", amounts_json(c.upper)},
          {"confidence", c.confidence},
          {"urgent", c.urgent},
          {"reasons", std::move(reasons)},
          {"risk", risk_json(risk_in(what, c))}};
}

}  // namespace

std::string explanation_text(const explanation& what) {
  auto& status = what.recorded.status;
  auto out = fmt::format("Recommendation for {}, decided {}\nPolicy {} ({}).\n",
                         what.recorded.target.to_string(), format_rfc3339(status.decided_at),
                         status.policy, status.policy_reason);
  if (what.same()) {
    out +=
      fmt::format("The evidence gives the same recommendation, bit for bit.\nInput digest {}.\n",
                  what.input_digest);
  } else {
    out += fmt::format("The evidence does not give this recommendation; {} values differ:\n",
                       what.differences.size());
    for (auto& d : what.differences)
      out += fmt::format("  {}: recorded {}, evidence gives {}\n", d.field, d.recorded, d.remade);
  }
  for (auto& c : status.containers) {
    out += fmt::format("\nContainer {}{}\n", c.name, c.urgent ? " (urgent)" : "");
    for (auto kind : both_resources) {
      out += fmt::format("  {}: {}\n", kind == resource_kind::cpu ? "CPU" : "Memory",
                         change_text(kind, c));
      for (auto& why : in_order(c.reasons, kind))
        out += "    " + explain(why) + "\n";
      if (part_of(c.lower, kind) && part_of(c.upper, kind))
        out += fmt::format("    A request below {} or above {} would be urgent to change.\n",
                           amount_text(kind, part_of(c.lower, kind)),
                           amount_text(kind, part_of(c.upper, kind)));
    }
    auto risk = risk_in(what, c);
    if (risk.cpu_changes || risk.memory_changes)
      tell_risk(out, risk);
  }
  return out;
}

std::string explanation_json(const explanation& what) {
  auto& status = what.recorded.status;
  auto differences = json::array();
  for (auto& d : what.differences)
    differences.push_back({{"field", d.field}, {"recorded", d.recorded}, {"remade", d.remade}});
  auto containers = json::array();
  for (auto& c : status.containers)
    containers.push_back(container_json(what, c));
  json out{{"workload", what.recorded.target.to_string()},
           {"decided_at", format_rfc3339(status.decided_at)},
           {"policy", status.policy},
           {"policy_reason", status.policy_reason},
           {"input_digest", status.input_digest},
           {"same", what.same()},
           {"differences", std::move(differences)},
           {"containers", std::move(containers)}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace scaleops
