#include "runtime/up/report.hpp"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace scaleops {

namespace {

constexpr double gibi = 1024.0 * 1024 * 1024;

/// All counters of all components, by their Prometheus names; summed over components where two
/// share one.
std::map<std::string, double> all_counters(const platform& components) {
  std::map<std::string, double> out;
  for (auto which : all_components) {
    for (auto& family : components.registry(which)->Collect()) {
      if (family.type != prometheus::MetricType::Counter)
        continue;
      for (auto& metric : family.metric) {
        std::string name = family.name;
        for (auto& label : metric.label)
          name += fmt::format("{}{}=\"{}\"", &label == &metric.label.front() ? "{" : ",",
                              label.name, label.value);
        if (!metric.label.empty())
          name += "}";
        out[name] += metric.counter.value;
      }
    }
  }
  return out;
}

std::map<std::string, double> refusals(const platform& components) {
  std::map<std::string, double> out;
  for (auto& family : components.registry(component::updater)->Collect()) {
    if (family.name != "scaleops_updater_refusals_total")
      continue;
    for (auto& metric : family.metric)
      for (auto& label : metric.label)
        if (label.name == "reason" && metric.counter.value > 0)
          out[label.value] += metric.counter.value;
  }
  return out;
}

double hours(const run_report& report) {
  return std::chrono::duration<double, std::ratio<3600>>(report.to - report.from).count();
}

double share_saved(double begin_rate, double integral_seconds, double run_hours) {
  double before = begin_rate * run_hours * 3600;
  return before > 0 ? 1 - integral_seconds / before : 0;
}

}  // namespace

double run_report::cpu_saved() const {
  return share_saved(at_start.cpu_cores, sums.cpu_requested, hours(*this));
}

double run_report::memory_saved() const {
  return share_saved(at_start.memory_bytes, sums.memory_requested, hours(*this));
}

requested_now measure_requests(const embedded::cluster_model& model,
                               const std::set<std::string>& granted) {
  requested_now sum;
  model.each_pod([&](const pod& value) {
    if (!granted.contains(value.meta.ns) || value.meta.deleted ||
        value.phase == pod_phase::succeeded || value.phase == pod_phase::failed)
      return;
    ++sum.pods;
    for (auto& container : value.containers) {
      if (container.role == container_role::init)
        continue;
      sum.cpu_cores += double(container.resources.requests.cpu.value_or(0)) / 1000;
      sum.memory_bytes += double(container.resources.requests.memory.value_or(0));
    }
  });
  return sum;
}

run_report make_report(const embedded::cluster_model& model, const platform& components,
                       const std::set<std::string>& granted, const requested_now& at_start,
                       instant from, uint64_t seed, uint64_t digest) {
  run_report report;
  report.from = from;
  report.to = model.now();
  report.seed = seed;
  report.digest = digest;
  report.at_start = at_start;
  report.at_end = measure_requests(model, granted);
  report.truth = model.statistics();
  report.oom_node = report.truth.oom_node_pressure;
  double days = hours(report) / 24;
  model.state().store.each(object_kind::workload, {}, [&](embedded::object_store::handle entry) {
    auto& owner = entry->as<workload>();
    if (!granted.contains(owner.meta.ns) || !owner.meta.owners.empty())
      return;
    auto* truth = model.statistics_of({owner.meta.ns, owner.kind, owner.meta.name});
    if (!truth)
      return;
    ++report.workloads;
    report.series_days += days;
    report.pod_days += truth->pod_seconds / 86'400;
    report.oom_kills += truth->oom_kills;
    report.sums += truth->sums;
  });
  report.counters = all_counters(components);
  report.refused = refusals(components);
  return report;
}

std::string report_text(const run_report& report) {
  auto line = [](std::string_view name, const std::string& value) {
    return fmt::format("  {:<26} {}\n", name, value);
  };
  auto& sums = report.sums;
  double seconds = hours(report) * 3600;
  std::string out =
    fmt::format("\n{} to {}, seed {}, {} automated workloads\n", format_rfc3339(report.from),
                format_rfc3339(report.to), report.seed, report.workloads);
  auto resource = [&](std::string_view name, double begin, double end, double requested,
                      double used, double saved, std::string_view unit) {
    out += line(fmt::format("{} requested", name),
                fmt::format("{:.1f} {} at the start, {:.1f} at the end, {:.1f} on average", begin,
                            unit, end, requested / seconds));
    out +=
      line(fmt::format("{} used", name), fmt::format("{:.1f} {} on average", used / seconds, unit));
    out += line(fmt::format("{} saved", name),
                fmt::format("{:.1f} % of the starting requests", 100 * saved));
  };
  resource("CPU", report.at_start.cpu_cores, report.at_end.cpu_cores, sums.cpu_requested,
           sums.cpu_used, report.cpu_saved(), "cores");
  resource("Memory", report.at_start.memory_bytes / gibi, report.at_end.memory_bytes / gibi,
           sums.memory_requested / gibi, sums.memory_used / gibi, report.memory_saved(), "GiB");
  out += line("OOM kills",
              fmt::format("{} ({:.1f} per 100 workload-days), {} by node pressure",
                          report.oom_kills, report.ooms_per_100_series_days(), report.oom_node));
  out +=
    line("CPU held back", fmt::format("{:.2f} % by limits, {:.2f} % by busy nodes",
                                      100 * sums.cpu_throttled / std::max(sums.cpu_used, 1e-9),
                                      100 * sums.cpu_contended / std::max(sums.cpu_used, 1e-9)));
  auto& truth = report.truth;
  out += line("Resizes",
              fmt::format("{} done, {} deferred, {} infeasible, {} failed", truth.resizes_done,
                          truth.resizes_deferred, truth.resizes_infeasible, truth.resizes_failed));
  out += line("Evictions", fmt::format("{} done, {} refused by a budget", truth.evictions,
                                       truth.evictions_refused));
  out += line("Pods patched at creation",
              fmt::format("{} of {}", truth.pods_patched, truth.pods_created));
  for (auto& [reason, count] : report.refused)
    out += line(&reason == &report.refused.begin()->first ? "Refused" : "",
                fmt::format("{:.0f} {}", count, reason));
  out += line("History", fmt::format("{:016x}", report.digest));
  return out;
}

std::string report_json(const run_report& report) {
  using nlohmann::json;
  auto& sums = report.sums;
  auto& truth = report.truth;
  double seconds = hours(report) * 3600;
  auto moment = [](const requested_now& now) {
    return json{{"cpuCores", now.cpu_cores}, {"memoryBytes", now.memory_bytes}, {"pods", now.pods}};
  };
  json out = {
    {"from", format_rfc3339(report.from)},
    {"to", format_rfc3339(report.to)},
    {"seed", report.seed},
    {"historyDigest", fmt::format("{:016x}", report.digest)},
    {"automated",
     {{"workloads", report.workloads},
      {"workloadDays", report.series_days},
      {"podDays", report.pod_days},
      {"requestedAtStart", moment(report.at_start)},
      {"requestedAtEnd", moment(report.at_end)},
      {"requestedMean",
       {{"cpuCores", sums.cpu_requested / seconds},
        {"memoryBytes", sums.memory_requested / seconds}}},
      {"usedMean",
       {{"cpuCores", sums.cpu_used / seconds}, {"memoryBytes", sums.memory_used / seconds}}},
      {"savedShare", {{"cpu", report.cpu_saved()}, {"memory", report.memory_saved()}}},
      {"oomKills", report.oom_kills},
      {"oomKillsPer100WorkloadDays", report.ooms_per_100_series_days()},
      {"throttledShare", sums.cpu_throttled / std::max(sums.cpu_used, 1e-9)},
      {"throttledCoreSeconds", sums.cpu_throttled},
      {"contendedCoreSeconds", sums.cpu_contended}}},
    {"cluster",
     {{"oomKillsByLimit", truth.oom_container_limit},
      {"oomKillsByNode", truth.oom_node_pressure},
      {"restarts", truth.restarts},
      {"resizesDone", truth.resizes_done},
      {"resizesDeferred", truth.resizes_deferred},
      {"resizesInfeasible", truth.resizes_infeasible},
      {"resizesFailed", truth.resizes_failed},
      {"evictions", truth.evictions},
      {"evictionsRefused", truth.evictions_refused},
      {"podsCreated", truth.pods_created},
      {"podsPatched", truth.pods_patched},
      {"webhookFailures", truth.webhook_failures}}},
    {"refused", report.refused},
    {"counters", report.counters}};
  return out.dump(2) + "\n";
}

}  // namespace scaleops
