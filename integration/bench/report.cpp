#include "integration/bench/report.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace scaleops::bench {

namespace {

constexpr double mebi = 1 << 20;

double mib(int64_t bytes) {
  return double(bytes) / mebi;
}

/// 10000 → "10,000".
std::string grouped(size_t value) {
  auto digits = std::to_string(value);
  for (auto at = int(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(size_t(at), ",");
  return digits;
}

double quotient(double a, double b) {
  return b > 0 ? a / b : 0;
}

std::string row(std::string_view name, double cpu, double messages, double allocations,
                int64_t held, int64_t followed) {
  return fmt::format("  {:<22}{:>9.4f}{:>12.0f}{:>14.0f}{:>11.1f}{:>13.1f}{:>11.1f}\n", name, cpu,
                     messages, allocations, mib(held), mib(followed), mib(held + followed));
}

}  // namespace

platform_sum sum_of(const platform_cost& cost) {
  platform_sum sum;
  for (auto& part : cost.parts)
    if (part.component) {
      sum.cpu += part.cpu;
      sum.held += part.held;
      sum.followed += part.followed;
    }
  return sum;
}

std::string table_of(const platform_cost& cost) {
  auto out = fmt::format(
    "{} workloads, {} pods, {} containers, {} nodes; {:.0f} simulated minutes in {:.0f} s\n"
    "a simulated second: {:.0f} samples, {:.1f} decisions published, {:.2f} resizes, {:.2f} pods "
    "created, {:.2f} API answers\n",
    grouped(cost.size.workloads), grouped(cost.pods), grouped(cost.size.containers),
    grouped(cost.nodes), cost.simulated_s / 60, cost.real_s, cost.samples, cost.decisions,
    cost.resizes, cost.admissions, cost.api_answers);
  out += fmt::format("  {:<22}{:>9}{:>12}{:>14}{:>11}{:>13}{:>11}\n", "", "cores", "messages/s",
                     "allocations/s", "holds MiB", "follows MiB", "sum MiB");
  double messages = 0, allocations = 0;
  for (auto& part : cost.parts)
    if (part.component) {
      out += row(part.name, part.cpu, part.messages, part.allocations, part.held, part.followed);
      messages += part.messages;
      allocations += part.allocations;
    }
  auto sum = sum_of(cost);
  out += row("the platform", sum.cpu, messages, allocations, sum.held, sum.followed);
  out += "  beside it:\n";
  for (auto& part : cost.parts)
    if (!part.component)
      out += row(part.name, part.cpu, part.messages, part.allocations, part.held, part.followed);
  out += fmt::format("  resident memory of the process, embedded cluster included: {:.0f} MiB\n",
                     mib(cost.resident));
  return out;
}

std::string growth_of(const platform_cost& small, const platform_cost& large) {
  double size = quotient(double(large.size.workloads), double(small.size.workloads));
  auto out = fmt::format("growth from {} to {} workloads (linear: {:.1f})\n",
                         grouped(small.size.workloads), grouped(large.size.workloads), size);
  out += fmt::format("  {:<22}{:>9}{:>11}\n", "", "CPU", "memory");
  auto line = [&](std::string_view name, double cpu, double memory) {
    out += fmt::format("  {:<22}{:>8.1f}x{:>10.1f}x\n", name, cpu, memory);
  };
  for (auto& part : large.parts)
    for (auto& before : small.parts)
      if (part.component && before.name == part.name)
        line(part.name, quotient(part.cpu, before.cpu),
             quotient(double(part.held + part.followed), double(before.held + before.followed)));
  auto a = sum_of(small), b = sum_of(large);
  line("the platform", quotient(b.cpu, a.cpu),
       quotient(double(b.held + b.followed), double(a.held + a.followed)));
  return out;
}

std::vector<goal> judge(const platform_cost& small, const platform_cost& large,
                        const platform_limits& limits) {
  auto a = sum_of(small), b = sum_of(large);
  double linear = quotient(double(large.size.workloads), double(small.size.workloads));
  auto at = " of the platform at " + grouped(large.size.workloads) + " workloads";
  auto growth = " from " + grouped(small.size.workloads) + " to " + grouped(large.size.workloads) +
                " workloads";
  return {{"CPU" + at, b.cpu, limits.cores, "cores"},
          {"memory" + at, mib(b.held + b.followed), limits.memory_mib, "MiB"},
          {"growth of CPU" + growth, quotient(b.cpu, a.cpu), linear, "x"},
          {"growth of memory" + growth,
           quotient(double(b.held + b.followed), double(a.held + a.followed)), linear, "x"}};
}

std::string table_of(const std::vector<goal>& goals) {
  std::string out = "goals\n";
  for (auto& one : goals)
    out +=
      fmt::format("  {:<62}{:>10.3f} {:<6} {} {:>8.2f}  {}\n", one.name, one.is, one.unit,
                  one.at_least ? "at least" : "at most ", one.bound, one.met() ? "met" : "MISSED");
  return out;
}

int complain(const std::vector<goal>& goals) {
  int missed = 0;
  for (auto& one : goals)
    if (!one.met()) {
      ++missed;
      fmt::print(stderr, "bench: goal missed: {} is {:.3f} {}, {} {:.3f}\n", one.name, one.is,
                 one.unit, one.at_least ? "at least" : "at most", one.bound);
    }
  return missed;
}

}  // namespace scaleops::bench
