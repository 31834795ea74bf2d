#include "runtime/embedded/usage_curve.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "runtime/embedded/object_store.hpp"

namespace scaleops::embedded {

namespace {

using namespace std::chrono;

constexpr int64_t longest_hold = 3600;  // seconds
constexpr int64_t usual_step = 300;     // seconds that the last sample is held

class trace_curve final : public usage_curve {
public:
  trace_curve(const std::vector<trace_point>& points, instant start) : start_(start) {
    float cpu = 0, memory = 0;
    for (auto& p : points)
      if (p.cpu >= 0) {
        cpu = float(p.cpu);
        break;
      }
    for (auto& p : points)
      if (p.memory >= 0) {
        memory = float(p.memory);
        break;
      }
    rows_.reserve(points.size());
    int64_t at = 0;
    for (size_t i = 0; i < points.size(); ++i) {
      if (i > 0) {
        auto gap = points[i].second - points[i - 1].second;
        at += gap <= longest_hold ? std::max<int64_t>(gap, 0) : usual_step;
      }
      cpu = points[i].cpu >= 0 ? float(points[i].cpu) : cpu;
      memory = points[i].memory >= 0 ? float(points[i].memory) : memory;
      rows_.push_back({uint32_t(at), cpu, memory});
    }
    length_ = at + usual_step;
  }

  curve_point at(instant when) const override {
    if (rows_.empty())
      return {};
    auto second = floor<seconds>(when - start_).count() % length_;
    if (second < 0)
      second += length_;
    auto it = std::upper_bound(rows_.begin(), rows_.end(), uint32_t(second),
                               [](uint32_t s, const row& r) { return s < r.second; });
    --it;  // the first row stands at second 0
    return {it->cpu, it->memory};
  }

private:
  struct row {
    uint32_t second;
    float cpu;
    float memory;
  };
  instant start_;
  int64_t length_ = usual_step;
  std::vector<row> rows_;
};

/// Position in the period, 0 to 1, and the period's number.
std::pair<double, int64_t> place(instant when, milliseconds period) {
  auto t = when.time_since_epoch().count();
  auto p = std::max<int64_t>(period.count(), 1);
  auto number = t >= 0 ? t / p : -((-t + p - 1) / p);
  return {double(t - number * p) / double(p), number};
}

double hash_unit(uint64_t seed, int64_t index) {
  return double(mix(seed ^ mix(uint64_t(index))) >> 11) * 0x1.0p-53;
}

class made_curve final : public usage_curve {
public:
  explicit made_curve(const curve_recipe& recipe) : r_(recipe) {}

  curve_point at(instant when) const override {
    auto level = std::clamp(level_at(when + r_.phase), 0.0, 1.0);
    return {r_.cpu_low + (r_.cpu_high - r_.cpu_low) * level,
            r_.memory_low + (r_.memory_high - r_.memory_low) * level};
  }

private:
  /// 0 at night, 1 at the busiest hour, with a smaller second peak in the evening.
  static double day_shape(instant when) {
    auto [x, day] = place(when, hours{24});
    auto main = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (x - 2.0 / 24));
    auto evening = std::exp(-std::pow((x - 20.0 / 24) * 12, 2));
    return std::min(1.0, 0.85 * main + 0.3 * evening);
  }

  double level_at(instant when) const {
    switch (r_.shape) {
      case curve_shape::steady:
        return 0.5;
      case curve_shape::diurnal:
        return day_shape(when);
      case curve_shape::weekly: {
        auto weekday = year_month_weekday{floor<days>(when)}.weekday();
        bool weekend = weekday == Saturday || weekday == Sunday;
        return day_shape(when) * (weekend ? 0.3 : 1.0);
      }
      case curve_shape::bursty: {
        // One burst a period, at a place that differs from period to period, of differing height.
        auto [x, number] = place(when, r_.period);
        auto from = hash_unit(r_.seed, number) * (1 - r_.duty);
        auto height = 0.5 + 0.5 * hash_unit(r_.seed + 1, number);
        return x >= from && x < from + r_.duty ? height : 0.0;
      }
      case curve_shape::batch: {
        auto [x, number] = place(when, r_.period);
        return x < r_.duty ? 1.0 : 0.0;
      }
      case curve_shape::step: {
        auto [x, number] = place(when, r_.period);
        return hash_unit(r_.seed, number);
      }
    }
    return 0;
  }

  curve_recipe r_;
};

}  // namespace

usage_curve_ptr make_trace_curve(const std::vector<trace_point>& points, instant start) {
  return std::make_shared<trace_curve>(points, start);
}

usage_curve_ptr make_curve(const curve_recipe& recipe) {
  return std::make_shared<made_curve>(recipe);
}

}  // namespace scaleops::embedded
