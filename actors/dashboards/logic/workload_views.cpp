#include <algorithm>
#include <tuple>

#include "actors/dashboards/logic/rendering.hpp"

namespace scaleops::dashboards::logic {

namespace {

bool in_state(const view_context& in, const workload_row& row, const std::string& state) {
  if (state.empty())
    return true;
  if (state == "urgent")
    return row.urgent();
  if (state == "oom")
    return row.kills_since(in.now - std::chrono::hours{24}) > 0;
  if (state == "learning")
    return row.learning();
  // A tenth either way is what nobody should be bothered with.
  auto asked = double(row.requests.cpu) / 1000 + double(row.requests.memory) / double(4LL << 30);
  auto advised =
    double(row.recommended().cpu) / 1000 + double(row.recommended().memory) / double(4LL << 30);
  return state == "oversized" ? advised < asked * 0.9 : advised > asked * 1.1;
}

bool fits(const view_context& in, const workload_row& row, const workload_query& query,
          const std::string& text) {
  if (!in.caller.may_see(row.ref.ns) || (!query.ns.empty() && row.ref.ns != query.ns) ||
      (!query.kind.empty() && row.ref.kind != query.kind) ||
      (!query.automation.empty() && automation_word(row.grant) != query.automation))
    return false;
  if (!query.policy.empty() && (!row.advice || row.advice->status.policy != query.policy))
    return false;
  if (!in_state(in, row, query.state))
    return false;
  return text.empty() || lower_case(row.ref.to_string()).find(text) != std::string::npos;
}

double rank(const view_context& in, const workload_row& row, workload_order order) {
  switch (order) {
    case workload_order::pods:
      return row.live;
    case workload_order::cpu_requested:
      return double(row.requests.cpu);
    case workload_order::cpu_used:
      return double(row.use.cpu);
    case workload_order::cpu_recommended:
      return double(row.recommended().cpu);
    case workload_order::memory_requested:
      return double(row.requests.memory);
    case workload_order::memory_used:
      return double(row.use.memory);
    case workload_order::memory_recommended:
      return double(row.recommended().memory);
    case workload_order::saving:
      return open_saving(in, row);
    case workload_order::kills:
      return double(row.kills_since(in.now - std::chrono::hours{24}));
    case workload_order::confidence:
      return row.confidence();
    default:
      return 0;
  }
}

void put(json_writer& out, std::string_view name, const std::optional<risk_range>& range) {
  out.key(name);
  if (!range) {
    out.value(nullptr);
    return;
  }
  out.open_object();
  out.key("expected").value(range->expected, 5);
  out.key("low").value(range->low, 5);
  out.key("high").value(range->high, 5).close_object();
}

void put_risk(json_writer& out, const std::vector<container_risk>& risk,
              const std::string& container) {
  out.key("risk");
  auto found =
    std::find_if(risk.begin(), risk.end(), [&](auto& each) { return each.container == container; });
  if (found == risk.end()) {
    out.value(nullptr);
    return;
  }
  out.open_object().member("days", found->days).member("memory_limited", found->memory_limited);
  put(out, "oom_chance", found->oom_chance);
  put(out, "over_request_hours", found->over_request_h);
  put(out, "throttled_hours", found->throttled_h);
  put(out, "cpu_changes", found->cpu_changes);
  put(out, "memory_changes", found->memory_changes);
  out.close_object();
}

void put_containers(json_writer& out, const workload_row& row,
                    const std::vector<container_risk>& risk) {
  const std::vector<container_spec>* specs = row.owner ? &row.owner->containers : nullptr;
  for (auto& [name, pod] : row.pods)
    if (pod->live)
      specs = &pod->object->containers.get();
  out.key("containers").open_array();
  if (specs) {
    for (size_t i = 0; i < specs->size(); ++i) {
      auto& spec = (*specs)[i];
      double cpu = 0;
      int64_t memory = 0, memory_peak = 0, measured = 0;
      for (auto& [name, pod] : row.pods) {
        if (i >= pod->meters.size() || !pod->meters[i].rated)
          continue;
        ++measured;
        cpu += pod->meters[i].cpu;
        memory += pod->meters[i].last.memory;
        memory_peak = std::max(memory_peak, pod->meters[i].last.memory);
      }
      static constexpr std::string_view roles[] = {"main", "init", "sidecar"};
      out.open_object()
        .member("name", spec.name)
        .member("image", spec.image)
        .member("role", roles[static_cast<size_t>(spec.role)])
        .key("resources");
      put(out, spec.resources);
      out.key("used");
      if (measured > 0)
        put(out, amounts{int64_t(cpu / double(measured) + 0.5), memory / measured});
      else
        out.value(nullptr);
      out.key("recommendation");
      const container_recommendation* advice = nullptr;
      if (row.advice)
        for (auto& part : row.advice->status.containers)
          if (part.name == spec.name)
            advice = &part;
      if (advice)
        put_advice(out, *advice);
      else
        out.value(nullptr);
      put_risk(out, risk, spec.name);
      out.close_object();
    }
  }
  out.close_array();
}

void put_pods(json_writer& out, const workload_row& row) {
  constexpr size_t most = 200;
  out.key("pod_list").open_array();
  size_t told = 0;
  for (auto& [name, pod] : row.pods) {
    if (told++ == most)
      break;
    amounts use;
    bool measured = false;
    int32_t restarts = 0;
    for (auto& meter : pod->meters) {
      measured = measured || meter.rated;
      use += amounts{int64_t(meter.cpu + 0.5), meter.last.memory};
    }
    for (auto& status : pod->object->statuses)
      restarts += status.restarts;
    auto& object = *pod->object;
    out.open_object()
      .member("name", object.meta.name)
      .member("node", object.node)
      .member("phase", to_string(object.phase))
      .member("ready", object.ready)
      .member("restarts", restarts)
      .member("started", object.started)
      .member("resize",
              object.resize.pending == resize_status::pending_reason::deferred     ? "deferred"
              : object.resize.pending == resize_status::pending_reason::infeasible ? "infeasible"
              : object.resize.in_progress                                          ? "in-progress"
                                                                                   : "")
      .key("requests");
    put(out, pod->requests);
    out.key("used");
    if (measured)
      put(out, use);
    else
      out.value(nullptr);
    out.close_object();
  }
  out.close_array();
}

void put_history(json_writer& out, const view_context& in, const workload_row& row) {
  constexpr size_t most = 100;
  out.key("actions").open_array();
  size_t told = 0;
  auto& actions = in.platform.actions.entries();
  for (auto each = actions.rbegin(); each != actions.rend() && told < most; ++each)
    if (each->workload == row.ref) {
      put(out, *each);
      ++told;
    }
  out.close_array().key("kills").open_array();
  for (auto each = row.kills.rbegin(); each != row.kills.rend(); ++each)
    put(out, *each);
  out.close_array().key("audit").open_array();
  told = 0;
  auto& entries = in.platform.audit.entries();
  auto id = row.ref.to_string();
  for (auto each = entries.rbegin(); each != entries.rend() && told < most; ++each)
    if (each->target == id) {
      out.raw(audit_json(*each));
      ++told;
    }
  out.close_array();
}

}  // namespace

std::vector<const workload_row*> select(const view_context& in, const workload_query& query) {
  std::vector<std::pair<double, const workload_row*>> found;
  auto text = lower_case(query.text);
  for (auto& [ref, row] : in.cluster.workloads())
    if (fits(in, row, query, text))
      found.emplace_back(rank(in, row, query.order), &row);
  auto by_name = [](const workload_row* a, const workload_row* b) {
    return std::tie(a->ref.name, a->ref.ns, a->ref.kind) <
           std::tie(b->ref.name, b->ref.ns, b->ref.kind);
  };
  std::stable_sort(found.begin(), found.end(), [&](auto& a, auto& b) {
    auto& first = query.descending ? b : a;
    auto& second = query.descending ? a : b;
    if (query.order == workload_order::name)
      return by_name(first.second, second.second);
    if (query.order == workload_order::ns)
      return first.second->ref < second.second->ref;
    return first.first < second.first;  // ties keep the names' order
  });
  std::vector<const workload_row*> rows;
  rows.reserve(found.size());
  for (auto& [order, row] : found)
    rows.push_back(row);
  return rows;
}

std::string workloads_view(const view_context& in, const workload_query& query) {
  auto rows = select(in, query);
  json_writer out;
  out.open_object()
    .member("total", rows.size())
    .member("offset", query.offset)
    .key("items")
    .open_array();
  for (size_t i = query.offset; i < rows.size() && i < query.offset + query.limit; ++i)
    put_row(out, in, *rows[i]);
  out.close_array().close_object();
  return out.take();
}

std::string workload_view(const view_context& in, const workload_row& row,
                          const std::vector<container_risk>& risk) {
  json_writer out;
  out.open_object().key("summary");
  put_row(out, in, row);
  auto* advice = row.advice.get();
  out.key("recommendation");
  if (advice && !advice->status.containers.empty())
    out.open_object()
      .member("decided_at", advice->status.decided_at)
      .member("policy", advice->status.policy)
      .member("policy_reason", advice->status.policy_reason)
      .member("revision", advice->status.revision)
      .member("input_digest", advice->status.input_digest)
      .close_object();
  else
    out.value(nullptr);
  out.key("automation")
    .open_object()
    .member("state", automation_word(row.grant))
    .member("by", row.grant.by)
    .member("since", row.grant.since)
    .member("source", to_string(row.grant.source))
    .member("detail", row.grant.detail)
    .member("may_change", in.caller.may_change(row.ref.ns))
    .close_object();
  out.key("last_action");
  if (advice && advice->last)
    out.open_object()
      .member("action", advice->last->action)
      .member("detail", advice->last->detail)
      .member("at", advice->last->at)
      .close_object();
  else
    out.value(nullptr);
  put_containers(out, row, risk);
  put_pods(out, row);
  put_history(out, in, row);
  out.close_object();
  return out.take();
}

std::string namespaces_view(const view_context& in) {
  struct tally {
    size_t workloads = 0, automated = 0;
    amounts requests;
    double saving = 0;
  };
  std::map<std::string, tally> spaces;
  std::set<std::string> kinds;
  for (auto& [ref, row] : in.cluster.workloads()) {
    if (!in.caller.may_see(ref.ns))
      continue;
    auto& each = spaces[ref.ns];
    ++each.workloads;
    each.automated += row.grant.granted;
    each.requests += row.requests;
    each.saving += open_saving(in, row);
    kinds.insert(ref.kind);
  }
  json_writer out;
  out.open_object().key("items").open_array();
  for (auto& [name, each] : spaces) {
    out.open_object()
      .member("name", name)
      .member("workloads", each.workloads)
      .member("automated", each.automated)
      .key("requests");
    put(out, each.requests);
    out.key("saving").value(each.saving, 2).close_object();
  }
  out.close_array().key("kinds").open_array();
  for (auto& kind : kinds)
    out.value(kind);
  out.close_array().close_object();
  return out.take();
}

std::string recommendations_view(const view_context& in, const workload_query& query) {
  auto rows = select(in, query);
  std::erase_if(rows,
                [](auto* row) { return !row->advice || row->advice->status.containers.empty(); });
  json_writer out;
  out.open_object()
    .member("total", rows.size())
    .member("offset", query.offset)
    .key("items")
    .open_array();
  for (size_t i = query.offset; i < rows.size() && i < query.offset + query.limit; ++i) {
    auto& advice = rows[i]->advice->status;
    out.open_object()
      .member("workload", rows[i]->ref.to_string())
      .member("decided_at", advice.decided_at)
      .member("policy", advice.policy)
      .member("policy_reason", advice.policy_reason)
      .member("revision", advice.revision)
      .key("containers")
      .open_array();
    for (auto& part : advice.containers)
      put_advice(out, part);
    out.close_array().close_object();
  }
  out.close_array().close_object();
  return out.take();
}

}  // namespace scaleops::dashboards::logic
