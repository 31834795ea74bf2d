#include "actors/recommender/logic/usage_shape.hpp"

#include <algorithm>

namespace scaleops {

usage_shape shape_of(const container_state& state) {
  usage_shape shape;
  shape.hours = state.hours();
  shape.levels = {0.01, 0.05};
  for (int percent = 10; percent <= 95; percent += 5)
    shape.levels.push_back(percent / 100.0);
  shape.levels.push_back(0.99);
  for (double level : shape.levels)
    shape.cpu_percentiles.push_back(state.cpu().quantile(float(level)));
  auto hours = state.cpu().by_hour();
  if (std::any_of(hours.begin(), hours.end(), [](float value) { return value > 0; }))
    shape.cpu_by_hour.assign(hours.begin(), hours.end());
  shape.memory_peak = state.memory().peak();
  return shape;
}

}  // namespace scaleops
