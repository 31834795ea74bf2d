#include "actors/recommender/logic/usage_shape.hpp"

#include <algorithm>
#include <vector>

namespace scaleops {

usage_shape shape_of(const container_state& state) {
  usage_shape shape;
  shape.hours = state.hours();
  shape.levels = {0.01, 0.05};
  for (int percent = 10; percent <= 95; percent += 5)
    shape.levels.push_back(percent / 100.0);
  shape.levels.push_back(0.99);
  std::vector<float> levels(shape.levels.begin(), shape.levels.end()), values(levels.size());
  state.cpu().quantiles(levels, values);
  shape.cpu_percentiles.assign(values.begin(), values.end());
  auto hours = state.cpu().by_hour();
  if (std::any_of(hours.begin(), hours.end(), [](float value) { return value > 0; }))
    shape.cpu_by_hour.assign(hours.begin(), hours.end());
  shape.memory_peak = state.memory().peak();
  return shape;
}

}  // namespace scaleops
