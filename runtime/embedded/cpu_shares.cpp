#include "runtime/embedded/cpu_shares.hpp"

#include <algorithm>
#include <numeric>

namespace scaleops::embedded {

void share_cpu(std::vector<cpu_claim>& claims, double capacity) {
  auto total = std::accumulate(claims.begin(), claims.end(), 0.0,
                               [](double sum, const cpu_claim& c) { return sum + c.want; });
  if (total <= capacity) {
    for (auto& c : claims)
      c.got = c.want;
    return;
  }
  // By rising want per weight: once one claim does not get all, none after it does.
  std::vector<size_t> order(claims.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return claims[a].want * claims[b].weight < claims[b].want * claims[a].weight;
  });
  double weights = 0;
  for (auto& c : claims)
    weights += c.weight;
  for (auto i : order) {
    auto& c = claims[i];
    auto fair = weights > 0 ? capacity * c.weight / weights : 0;
    c.got = std::min(c.want, fair);
    capacity -= c.got;
    weights -= c.weight;
  }
}

throttling throttle(double demand, double burst, double limit) {
  if (demand <= 0 || limit <= 0)
    return {};
  auto low = demand * (1 - burst), high = demand * (1 + burst);
  if (limit >= high)
    return {};
  if (limit <= low)
    return {1, demand - limit};
  auto above = high - limit;
  return {above / (high - low), above * above / (2 * (high - low))};
}

}  // namespace scaleops::embedded
