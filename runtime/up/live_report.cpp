#include "runtime/up/live_report.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace scaleops {

namespace {

constexpr double gibi = 1024.0 * 1024 * 1024;
constexpr size_t most_lines = 20;

std::string share(double now, double then) {
  return now > 0 ? fmt::format("{:+.1f} %", 100 * (then - now) / now) : "-";
}

std::string history(double coverage) {
  return coverage >= 1 ? "complete" : fmt::format("{:.0f} %", 100 * coverage);
}

}  // namespace

live_workload weigh(const recommendation& value) {
  live_workload out;
  out.ref = value.target;
  out.replicas = value.replicas;
  out.coverage = value.coverage;
  double replicas = std::max(value.replicas, 0);
  for (auto& container : value.status.containers) {
    auto& now = container.current.requests;
    auto& then = container.target.requests;
    out.cpu_now += replicas * double(now.cpu.value_or(0)) / 1000;
    out.memory_now += replicas * double(now.memory.value_or(0));
    out.cpu_then += replicas * double(then.cpu ? *then.cpu : now.cpu.value_or(0)) / 1000;
    out.memory_then += replicas * double(then.memory ? *then.memory : now.memory.value_or(0));
  }
  return out;
}

void complete(live_report& report) {
  std::sort(report.workloads.begin(), report.workloads.end(), [](auto& a, auto& b) {
    auto saved = [](auto& w) { return w.cpu_now - w.cpu_then; };
    return std::tuple(-saved(a), a.ref) < std::tuple(-saved(b), b.ref);
  });
  for (auto& each : report.workloads) {
    report.cpu_now += each.cpu_now;
    report.cpu_then += each.cpu_then;
    report.memory_now += each.memory_now;
    report.memory_then += each.memory_then;
  }
}

std::string report_text(const live_report& report) {
  std::string out =
    fmt::format("\n{} ({}, {}), {} to {}: {} workloads, {} pods, {} samples; nothing was changed\n",
                report.context, report.server, report.version, format_rfc3339(report.from),
                format_rfc3339(report.to), report.workloads.size(), report.pods, report.measured);
  out += fmt::format("  {:<10} {:>12} {:>14} {:>10}\n", "", "requested", "recommended", "change");
  out += fmt::format("  {:<10} {:>12.2f} {:>14.2f} {:>10}\n", "CPU cores", report.cpu_now,
                     report.cpu_then, share(report.cpu_now, report.cpu_then));
  out += fmt::format("  {:<10} {:>12.2f} {:>14.2f} {:>10}\n", "GiB", report.memory_now / gibi,
                     report.memory_then / gibi, share(report.memory_now, report.memory_then));
  if (!report.workloads.empty())
    out += fmt::format("\n  {:<44} {:>8} {:>9} {:>17} {:>17}\n", "workload", "replicas", "history",
                       "CPU cores", "GiB");
  for (size_t i = 0; i < std::min(report.workloads.size(), most_lines); ++i) {
    auto& w = report.workloads[i];
    out += fmt::format("  {:<44} {:>8} {:>9} {:>17} {:>17}\n", w.ref.to_string(), w.replicas,
                       history(w.coverage), fmt::format("{:.2f} -> {:.2f}", w.cpu_now, w.cpu_then),
                       fmt::format("{:.2f} -> {:.2f}", w.memory_now / gibi, w.memory_then / gibi));
  }
  if (report.workloads.size() > most_lines)
    out += fmt::format("  ... and {} more\n", report.workloads.size() - most_lines);
  for (auto& line : report.troubles)
    out += fmt::format("  not seen: {}\n", line);
  return out;
}

std::string report_json(const live_report& report) {
  using nlohmann::json;
  auto both = [](double now, double then) {
    return json{{"requested", now}, {"recommended", then}};
  };
  auto workloads = json::array();
  for (auto& w : report.workloads)
    workloads.push_back({{"namespace", w.ref.ns},
                         {"kind", w.ref.kind},
                         {"name", w.ref.name},
                         {"replicas", w.replicas},
                         {"coverage", w.coverage},
                         {"cpuCores", both(w.cpu_now, w.cpu_then)},
                         {"memoryBytes", both(w.memory_now, w.memory_then)}});
  json out{{"context", report.context},
           {"server", report.server},
           {"version", report.version},
           {"from", format_rfc3339(report.from)},
           {"to", format_rfc3339(report.to)},
           {"pods", report.pods},
           {"samples", report.measured},
           {"readOnly", true},
           {"cpuCores", both(report.cpu_now, report.cpu_then)},
           {"memoryBytes", both(report.memory_now, report.memory_then)},
           {"workloads", std::move(workloads)},
           {"troubles", report.troubles}};
  return out.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace scaleops
