#include <algorithm>

#include "actors/dashboards/logic/attention.hpp"
#include "actors/dashboards/logic/rendering.hpp"

namespace scaleops::dashboards::logic {

namespace {

using std::chrono::hours;

void put_resource(json_writer& out, std::string_view name, const inventory::totals& all,
                  resource_kind kind) {
  out.key(name).open_object().key("used");
  all.measured ? out.value(all.use[kind]) : out.value(nullptr);
  out.member("requested", all.requests[kind])
    .member("recommended", all.recommended[kind])
    .member("allocatable", all.allocatable[kind])
    .member("original", all.original[kind])
    .close_object();
}

void put_money(json_writer& out, const view_context& in, const inventory::totals& all) {
  out.key("money").open_object().member("currency", in.prices.currency);
  out.key("requested").value(monthly_cost(all.requests, in.prices), 2);
  out.key("original").value(monthly_cost(all.original, in.prices), 2);
  out.key("realised").value(monthly_cost(all.realised, in.prices), 2);
  out.key("possible").value(monthly_cost(all.possible, in.prices), 2);
  out.key("pending").value(monthly_cost(all.pending, in.prices), 2);
  out.close_object();
}

void put_day(json_writer& out, const view_context& in) {
  size_t resizes = 0, evictions = 0, refused = 0, kills = 0;
  auto& actions = in.platform.actions.entries();
  for (auto each = actions.rbegin(); each != actions.rend() && each->at > in.now - hours{24};
       ++each)
    ++(!each->done ? refused : each->action == "resize" ? resizes : evictions);
  auto& told = in.cluster.kills();
  for (auto each = told.rbegin(); each != told.rend(); ++each)
    kills += each->second.at > in.now - hours{24};
  out.key("last_24h")
    .open_object()
    .member("resizes", resizes)
    .member("evictions", evictions)
    .member("refused", refused)
    .member("oom_kills", kills)
    .close_object();
}

void put_attention(json_writer& out, const view_context& in) {
  static constexpr std::string_view levels[] = {"problem", "warning", "hint"};
  out.key("attention").open_array();
  for (auto& item : needs_attention(in))
    out.open_object()
      .member("severity", levels[static_cast<size_t>(item.severity)])
      .member("code", item.code)
      .member("title", item.title)
      .member("detail", item.detail)
      .member("link", item.link)
      .close_object();
  out.close_array();
}

void put_opportunities(json_writer& out, const view_context& in) {
  workload_query best;
  best.automation = "open";
  best.limit = 5;
  auto rows = select(in, best);
  out.key("opportunities").open_array();
  for (size_t i = 0; i < rows.size() && i < best.limit; ++i) {
    if (open_saving(in, *rows[i]) <= 0)
      break;
    out.open_object()
      .member("workload", rows[i]->ref.to_string())
      .key("saving")
      .value(open_saving(in, *rows[i]), 2);
    out.close_object();
  }
  out.close_array();
}

}  // namespace

std::string overview_view(const view_context& in) {
  auto all = in.cluster.sum();
  json_writer out;
  out.open_object()
    .member("now", in.now)
    .member("ready", in.platform.ready())
    .member("sampled_at", in.cluster.sampled_at());
  auto& pause = in.platform.pause;
  out.key("pause")
    .open_object()
    .member("paused", pause.paused)
    .member("by", pause.by)
    .member("why", pause.why)
    .member("since", pause.since)
    .member("connected", in.platform.updater_connected)
    .close_object();
  put_resource(out, "cpu", all, resource_kind::cpu);
  put_resource(out, "memory", all, resource_kind::memory);
  put_money(out, in, all);
  out.key("counts")
    .open_object()
    .member("workloads", all.workloads)
    .member("automated", all.granted)
    .member("excluded", all.excluded)
    .member("open", all.open)
    .member("learning", all.learning)
    .member("advised", all.advised)
    .member("pods", all.pods)
    .member("containers", all.containers)
    .member("nodes", all.nodes)
    .member("ready_nodes", all.ready_nodes)
    .close_object();
  put_day(out, in);
  put_attention(out, in);
  put_opportunities(out, in);
  out.close_object();
  return out.take();
}

}  // namespace scaleops::dashboards::logic
