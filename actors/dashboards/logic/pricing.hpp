// What requests cost: one price list for the whole cluster, money per month.
#pragma once

#include "messages/cluster.hpp"

namespace scaleops::dashboards::logic {

/// Summed requests, limits or use.
struct amounts {
  int64_t cpu = 0;     // millicores
  int64_t memory = 0;  // bytes
  amounts& operator+=(const amounts& other) {
    cpu += other.cpu;
    memory += other.memory;
    return *this;
  }
  amounts& operator-=(const amounts& other) {
    cpu -= other.cpu;
    memory -= other.memory;
    return *this;
  }
  friend amounts operator+(amounts a, const amounts& b) { return a += b; }
  friend amounts operator-(amounts a, const amounts& b) { return a -= b; }
  friend amounts operator*(const amounts& a, int64_t n) { return {a.cpu * n, a.memory * n}; }
  bool operator==(const amounts&) const = default;
};

inline amounts amounts_of(const resources& r) {
  return {r.cpu.value_or(0), r.memory.value_or(0)};
}

/// Defaults: Google Cloud's on-demand list price of N2 in us-central1, rounded (cloud.google.com/compute/all-pricing).
struct price_list {
  double cpu_hour = 0.0316;      // one core
  double memory_hour = 0.0042;   // one GiB
  std::string currency = "USD";  // ISO 4217
};

inline constexpr double hours_a_month = 730;

inline double monthly_cost(const amounts& what, const price_list& prices) {
  return hours_a_month * (double(what.cpu) / 1000 * prices.cpu_hour +
                          double(what.memory) / double(1LL << 30) * prices.memory_hour);
}

}  // namespace scaleops::dashboards::logic
