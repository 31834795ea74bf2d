#include "actors/dashboards/logic/rendering.hpp"

namespace scaleops::dashboards::logic {

namespace {

void put_times(json_writer& out, const std::vector<instant>& at) {
  out.key("at").open_array();
  for (auto when : at)
    out.value(std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count());
  out.close_array();
}

void put_line(json_writer& out, std::string_view name, const std::vector<double>& values) {
  out.key(name).open_array();
  for (auto value : values)
    out.value(value, 0);
  out.close_array();
}

/// The steps as lines over the points' times; missing before the first step.
std::vector<double> line_of(const std::deque<size_step>& steps, const std::vector<instant>& at,
                            milliseconds period, int64_t (*pick)(const size_step&)) {
  std::vector<double> out;
  size_t next = 0;
  double value = missing;
  for (auto when : at) {
    while (next < steps.size() && steps[next].at <= when)
      value = double(pick(steps[next++]));
    // A point that holds the first step shows it.
    bool near = std::isnan(value) && next < steps.size() && steps[next].at <= when + period;
    out.push_back(near ? double(pick(steps[next])) : value);
  }
  return out;
}

void put_sizes(json_writer& out, const workload_row& row, const std::vector<instant>& at,
               milliseconds period, resource_kind kind) {
  bool cpu = kind == resource_kind::cpu;
  put_line(out, "requested",
           line_of(
             row.steps, at, period,
             cpu ? +[](const size_step& s) { return s.request.cpu; }
                 : +[](const size_step& s) { return s.request.memory; }));
  put_line(out, "recommended",
           line_of(
             row.steps, at, period,
             cpu ? +[](const size_step& s) { return s.recommended.cpu; }
                 : +[](const size_step& s) { return s.recommended.memory; }));
  auto limits = line_of(
    row.steps, at, period,
    cpu ? +[](const size_step& s) { return s.limit.cpu; }
        : +[](const size_step& s) { return s.limit.memory; });
  for (auto& limit : limits)
    if (limit == 0)
      limit = missing;
  put_line(out, "limit", limits);
}

}  // namespace

std::string cluster_series_view(const view_context& in, milliseconds span, size_t points) {
  auto read = in.cluster.series().read(in.now - span, in.now, points);
  json_writer out;
  out.open_object().member("scope", "cluster").member("now", in.now);
  out.member("period", std::chrono::duration_cast<std::chrono::seconds>(read.period).count());
  put_times(out, read.at);
  auto part = [&](std::string_view name, size_t first) {
    static constexpr std::string_view lines[] = {"used", "requested", "recommended", "allocatable",
                                                 "original"};
    out.key(name).open_object();
    for (size_t i = 0; i < std::size(lines); ++i)
      put_line(out, lines[i], read.values[first + i]);
    out.close_object();
  };
  part("cpu", cpu_used);
  part("memory", memory_used);
  out.key("marks").open_array();
  for (auto& [ref, kill] : in.cluster.kills())
    if (kill.at > in.now - span && in.caller.may_see(ref.ns))
      out.open_object()
        .member("at", kill.at)
        .member("type", "oom")
        .member("text", ref.to_string())
        .close_object();
  out.close_array().close_object();
  return out.take();
}

std::string workload_series_view(const view_context& in, const workload_row& row, milliseconds span,
                                 size_t points) {
  auto read = row.series.read(in.now - span, in.now, points);
  json_writer out;
  out.open_object().member("scope", row.ref.to_string()).member("now", in.now).member("per", "pod");
  out.member("period", std::chrono::duration_cast<std::chrono::seconds>(read.period).count());
  put_times(out, read.at);
  out.key("cpu").open_object();
  put_line(out, "used", read.values[cpu_mean]);
  put_line(out, "peak", read.values[cpu_peak]);
  put_sizes(out, row, read.at, read.period, resource_kind::cpu);
  out.close_object().key("memory").open_object();
  put_line(out, "used", read.values[memory_mean]);
  put_line(out, "peak", read.values[memory_peak]);
  put_sizes(out, row, read.at, read.period, resource_kind::memory);
  out.close_object().key("marks").open_array();
  auto begin = in.now - span;
  for (auto& kill : row.kills)
    if (kill.at > begin)
      out.open_object()
        .member("at", kill.at)
        .member("type", "oom")
        .member("text", kill.container + " of " + kill.pod.name)
        .close_object();
  for (auto& action : in.platform.actions.entries())
    if (action.done && action.at > begin && action.workload == row.ref)
      out.open_object()
        .member("at", action.at)
        .member("type", action.action)
        .member("text", action.detail.empty() ? action.pod.name : action.detail)
        .close_object();
  out.close_array().close_object();
  return out.take();
}

std::string sample_json(const view_context& in) {
  auto all = in.cluster.sum();
  json_writer out;
  out.open_object().member("now", in.now);
  out.member("at", std::chrono::duration_cast<std::chrono::seconds>(
                     in.cluster.sampled_at().time_since_epoch())
                     .count());
  for (auto kind : both_resources) {
    out.key(to_string(kind)).open_object().key("used");
    all.measured ? out.value(all.use[kind]) : out.value(nullptr);
    out.member("requested", all.requests[kind])
      .member("recommended", all.recommended[kind])
      .member("allocatable", all.allocatable[kind])
      .member("original", all.original[kind])
      .close_object();
  }
  out.close_object();
  return out.take();
}

}  // namespace scaleops::dashboards::logic
