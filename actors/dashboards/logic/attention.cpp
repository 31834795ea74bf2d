#include "actors/dashboards/logic/attention.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace scaleops::dashboards::logic {

namespace {

using level = attention_item::level;
using std::chrono::hours;
using std::chrono::minutes;

std::string plural(size_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

void about_platform(const view_context& in, std::vector<attention_item>& out) {
  auto& pause = in.platform.pause;
  if (pause.paused)
    out.push_back({level::warning, "paused", "All changes are stopped",
                   fmt::format("{} stopped the updater{}.", pause.by,
                               pause.why.empty() ? "" : ": " + pause.why),
                   "/health"});
  for (auto& [kind, why] : in.platform.lost)
    out.push_back(
      {level::warning, "watch-lost", fmt::format("Not in step with {} objects", to_string(kind)),
       fmt::format("The watch broke ({}) and is being opened again; numbers may be old.", why),
       "/health"});
  for (auto& [name, part] : in.platform.components)
    if (!part.answered)
      out.push_back({level::problem, "component-silent", fmt::format("{} does not answer", name),
                     part.detail, "/health"});
    else if (!part.ready)
      out.push_back({level::warning, "component-not-ready", fmt::format("{} is not ready", name),
                     part.detail, "/health"});
}

void about_health(const view_context& in, std::vector<attention_item>& out) {
  for (auto& [key, report] : in.cluster.view().reports.all()) {
    for (auto& check : report->checks) {
      if (check.result == check_result::pass)
        continue;
      out.push_back({check.result == check_result::fail ? level::problem : level::warning,
                     "check-" + check.name,
                     fmt::format("Check \"{}\" {}", check.name,
                                 check.result == check_result::fail ? "fails" : "warns"),
                     check.detail, "/health"});
    }
    if (!report->gate_open)
      out.push_back({level::warning, "gate-closed", "The safety gate is closed",
                     "Running pods are left alone until the checks pass again.", "/health"});
  }
}

void about_workloads(const view_context& in, std::vector<attention_item>& out) {
  size_t killed = 0, urgent = 0, fought = 0;
  std::string worst;
  size_t worst_kills = 0;
  for (auto& [ref, row] : in.cluster.workloads()) {
    if (!in.caller.may_see(ref.ns))
      continue;
    auto kills = row.kills_since(in.now - hours{24});
    killed += kills > 0;
    if (kills > worst_kills) {
      worst_kills = kills;
      worst = ref.to_string();
    }
    urgent += row.urgent() && !row.grant.granted;
  }
  auto& actions = in.platform.actions.entries();
  std::set<workload_ref> fights;
  for (auto each = actions.rbegin(); each != actions.rend() && each->at > in.now - hours{6}; ++each)
    if (each->why == "fight" && in.caller.may_see(each->workload.ns))
      fights.insert(each->workload);
  fought = fights.size();
  if (killed > 0)
    out.push_back({level::warning, "oom",
                   plural(killed, "workload", "workloads") + " OOM-killed in the last 24 h",
                   fmt::format("Most often {} ({}).", worst, plural(worst_kills, "kill", "kills")),
                   "/workloads?state=oom"});
  if (urgent > 0)
    out.push_back({level::warning, "urgent",
                   plural(urgent, "workload needs", "workloads need") + " more, now",
                   "They are short of CPU or memory, and nobody has granted automation.",
                   "/workloads?state=urgent&automation=open"});
  if (fought > 0)
    out.push_back({level::warning, "fight",
                   plural(fought, "workload is", "workloads are") + " being changed back",
                   "Another controller reverts our changes; automation rests there.",
                   "/events?outcome=refused"});
}

void about_savings(const view_context& in, std::vector<attention_item>& out) {
  auto all = in.cluster.sum();
  auto possible = monthly_cost(all.possible, in.prices);
  if (possible >= 1 && all.open > 0)
    out.push_back(
      {level::hint, "savings-open", "More could be saved",
       fmt::format("{:.0f} {} a month, by {} not automated yet.", possible, in.prices.currency,
                   plural(all.open, "workload that is", "workloads that are")),
       "/workloads?automation=open&sort=saving"});
}

}  // namespace

std::vector<attention_item> needs_attention(const view_context& in) {
  std::vector<attention_item> out;
  about_platform(in, out);
  about_health(in, out);
  about_workloads(in, out);
  about_savings(in, out);
  std::stable_sort(out.begin(), out.end(),
                   [](auto& a, auto& b) { return a.severity < b.severity; });
  return out;
}

}  // namespace scaleops::dashboards::logic
