#include <algorithm>

#include "actors/dashboards/logic/rendering.hpp"

namespace scaleops::dashboards::logic {

namespace {

void put(json_writer& out, const resource_policy& p) {
  static constexpr std::string_view strategies[] = {"keep", "keep-ratio", "equal-to-request",
                                                    "multiple", "none"};
  out.open_object()
    .member("window", format_duration(p.window))
    .member("percentile", p.percentile)
    .member("headroom", p.headroom)
    .member("headroom_absolute", p.headroom_absolute)
    .member("min", p.min)
    .member("max", p.max)
    .member("limit", strategies[static_cast<size_t>(p.limit)])
    .member("limit_multiple", p.limit_multiple)
    .close_object();
}

std::string_view word(update_mode mode) {
  static constexpr std::string_view words[] = {"never", "on-create", "in-place", "recreate"};
  return words[static_cast<size_t>(mode)];
}

void put(json_writer& out, std::string_view name, const std::vector<schedule_window>& windows) {
  out.key(name).open_array();
  for (auto& window : windows)
    out.open_object()
      .member("days", window.days)
      .member("from", format_duration(window.from))
      .member("until", format_duration(window.until))
      .member("time_zone", window.time_zone)
      .close_object();
  out.close_array();
}

void put(json_writer& out, std::string_view name, const std::vector<std::string>& list) {
  out.key(name).open_array();
  for (auto& each : list)
    out.value(each);
  out.close_array();
}

void put(json_writer& out, std::string_view name, const string_map& map) {
  out.key(name).open_object();
  for (auto& [key, value] : map)
    out.member(key, value);
  out.close_object();
}

void put(json_writer& out, std::string_view name, const label_selector& selector) {
  static constexpr std::string_view words[] = {"In", "NotIn", "Exists", "DoesNotExist"};
  out.key(name).open_object();
  put(out, "match_labels", selector.match_labels);
  out.key("expressions").open_array();
  for (auto& each : selector.expressions) {
    out.open_object()
      .member("key", each.key)
      .member("operator", words[static_cast<size_t>(each.operation)]);
    put(out, "values", each.values);
    out.close_object();
  }
  out.close_array().close_object();
}

}  // namespace

std::string policies_view(const view_context& in) {
  std::map<std::string_view, std::pair<size_t, double>> uses;
  for (auto& [ref, row] : in.cluster.workloads())
    if (row.advice) {
      auto& [count, saving] = uses[row.advice->status.policy];
      ++count;
      saving += open_saving(in, row);
    }
  std::map<std::string_view, std::pair<const policy_spec*, bool>>
    all;  // and whether it is built in
  for (auto& [name, spec] : in.platform.builtin_policies)
    all[name] = {&spec, true};
  for (auto& [key, policy] : in.cluster.view().policies.all())
    all[policy->meta.name] = {&policy->spec, false};
  json_writer out;
  out.open_object().key("items").open_array();
  for (auto& [name, entry] : all) {
    auto& spec = *entry.first;
    auto [count, saving] = uses[name];
    out.open_object()
      .member("name", name)
      .member("built_in", entry.second)
      .member("description", spec.description)
      .member("workloads", count)
      .key("saving")
      .value(saving, 2)
      .key("cpu");
    put(out, spec.cpu);
    out.key("memory");
    put(out, spec.memory);
    out.member("aggressiveness", spec.aggressiveness)
      .member("increase", word(spec.increase))
      .member("decrease", word(spec.decrease));
    put(out, "increase_windows", spec.increase_windows);
    put(out, "decrease_windows", spec.decrease_windows);
    out.member("minimum_history", format_duration(spec.minimum_history))
      .member("oom_healing", spec.oom_healing)
      .member("burst_healing", spec.burst_healing)
      .member("season", spec.season)
      .member("disturb_single_replica", spec.disturb_single_replica)
      .member("cool_down", format_duration(spec.cool_down))
      .member("container_rules", spec.containers.size())
      .close_object();
  }
  out.close_array().close_object();
  return out.take();
}

std::string rules_view(const view_context& in) {
  std::vector<const policy_rule*> rules;
  for (auto& [name, rule] : in.cluster.rules())
    rules.push_back(rule.get());
  std::stable_sort(rules.begin(), rules.end(),
                   [](auto* a, auto* b) { return a->spec.priority < b->spec.priority; });
  json_writer out;
  out.open_object().key("items").open_array();
  for (auto* rule : rules) {
    auto& selector = rule->spec.selector;
    out.open_object()
      .member("name", rule->meta.name)
      .member("priority", rule->spec.priority)
      .member("policy", rule->spec.policy)
      .key("selector")
      .open_object();
    put(out, "namespaces", selector.namespaces);
    put(out, "namespace_labels", selector.namespace_labels);
    put(out, "kinds", selector.kinds);
    put(out, "names", selector.names);
    put(out, "labels", selector.labels);
    put(out, "annotations", selector.annotations);
    put(out, "images", selector.images);
    out.close_object().close_object();
  }
  out.close_array().close_object();
  return out.take();
}

std::string health_view(const view_context& in) {
  json_writer out;
  out.open_object().key("reports").open_array();
  for (auto& [key, report] : in.cluster.view().reports.all()) {
    out.open_object()
      .member("name", report->meta.name)
      .member("gate_open", report->gate_open)
      .member("at", report->at)
      .key("checks")
      .open_array();
    for (auto& check : report->checks)
      out.open_object()
        .member("name", check.name)
        .member("result", to_string(check.result))
        .member("detail", check.detail)
        .member("at", check.at)
        .close_object();
    out.close_array().close_object();
  }
  out.close_array();
  out.key("watches")
    .open_object()
    .member("synced", in.platform.synced.size())
    .member("of", in.platform.watched);
  out.key("lost").open_array();
  for (auto& [kind, why] : in.platform.lost)
    out.open_object().member("kind", to_string(kind)).member("why", why).close_object();
  out.close_array().close_object().close_object();
  return out.take();
}

std::string components_view(const view_context& in) {
  json_writer out;
  out.open_object().key("items").open_array();
  for (auto& [name, part] : in.platform.components)
    out.open_object()
      .member("name", name)
      .member("answered", part.answered)
      .member("ready", part.ready)
      .member("detail", part.detail)
      .member("at", part.at)
      .member("done", part.done)
      .close_object();
  out.close_array().close_object();
  return out.take();
}

std::string actions_view(const view_context& in, const action_filter& filter) {
  json_writer out;
  auto& entries = in.platform.actions.entries();
  out.open_object()
    .member("last", entries.empty() ? 0 : entries.back().seq)
    .key("items")
    .open_array();
  size_t told = 0;
  for (auto each = entries.rbegin(); each != entries.rend() && told < filter.limit; ++each) {
    if (each->seq <= filter.after)
      break;
    if (!in.caller.may_see(each->workload.ns) ||
        (filter.workload && each->workload != *filter.workload) ||
        (!filter.action.empty() && each->action != filter.action) ||
        (!filter.outcome.empty() && each->done != (filter.outcome == "done")))
      continue;
    put(out, *each);
    ++told;
  }
  out.close_array().close_object();
  return out.take();
}

std::string audit_view(const view_context& in, uint64_t before, size_t limit) {
  json_writer out;
  out.open_object().member("last", in.platform.audit.last()).key("items").open_array();
  auto& entries = in.platform.audit.entries();
  size_t told = 0;
  for (auto each = entries.rbegin(); each != entries.rend() && told < limit; ++each) {
    if (before != 0 && each->id >= before)
      continue;
    out.raw(audit_json(*each));
    ++told;
  }
  out.close_array().close_object();
  return out.take();
}

std::string events_view(const view_context& in, size_t limit, bool warnings_only) {
  std::vector<const scaleops::event*> chosen;
  for (auto& [key, note] : in.cluster.events())
    if ((!warnings_only || note->warning) &&
        in.caller.may_see(note->object_ns.empty() ? note->meta.ns : note->object_ns))
      chosen.push_back(note.get());
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](auto* a, auto* b) { return a->last_seen > b->last_seen; });
  json_writer out;
  out.open_object().member("total", chosen.size()).key("items").open_array();
  for (size_t i = 0; i < chosen.size() && i < limit; ++i)
    out.open_object()
      .member("at", chosen[i]->last_seen)
      .member("namespace", chosen[i]->object_ns)
      .member("kind", chosen[i]->kind)
      .member("name", chosen[i]->object_name)
      .member("reason", chosen[i]->reason)
      .member("message", chosen[i]->message)
      .member("component", chosen[i]->component)
      .member("warning", chosen[i]->warning)
      .member("count", chosen[i]->count)
      .close_object();
  out.close_array().close_object();
  return out.take();
}

std::string action_json(const action_entry& entry) {
  json_writer out;
  put(out, entry);
  return out.take();
}

std::string audit_json(const audit_entry& entry) {
  json_writer out;
  out.open_object()
    .member("id", entry.id)
    .member("at", entry.at)
    .member("who", entry.who)
    .member("peer", entry.peer)
    .member("action", entry.action)
    .member("target", entry.target)
    .member("before", entry.before)
    .member("after", entry.after)
    .member("why", entry.why)
    .member("failure", entry.failure)
    .close_object();
  return out.take();
}

std::string kill_json(const workload_ref& ref, const kill_mark& kill) {
  json_writer out;
  out.open_object().member("workload", ref.to_string()).key("kill");
  put(out, kill);
  out.close_object();
  return out.take();
}

}  // namespace scaleops::dashboards::logic
