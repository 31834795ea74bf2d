// What requests cost: one price list for the whole cluster, money per month.
#pragma once

#include <string>

#include "actors/common/logic/resources.hpp"

namespace scaleops::dashboards::logic {

/// Defaults: about what the large clouds list for general-purpose machines on demand; meant to be
/// replaced.
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

inline amounts operator+(amounts a, const amounts& b) {
  return a += b;
}
inline amounts operator-(amounts a, const amounts& b) {
  return a -= b;
}
inline amounts operator*(const amounts& a, int64_t n) {
  return {a.cpu * n, a.memory * n};
}

}  // namespace scaleops::dashboards::logic
