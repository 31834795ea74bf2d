// The layouts that checkpoints of older versions hold: read, and turned into today's models.
#pragma once

#include "actors/recommender/logic/cpu_model.hpp"
#include "actors/recommender/logic/memory_model.hpp"

namespace scaleops {

struct cpu_model::layout_v1 {
  std::array<uint16_t, 128> usage;
  std::array<std::array<uint16_t, 48>, 5> errors;  // above a ratio of 4 two steps an octave
  std::array<uint8_t, 168> hours;
  std::array<uint16_t, 12> recent;
  std::array<float, 5> prediction, average, margin;  // by cpu_expert
  float highest, usage_weight, error_weight, slot_sum, usage_carry, error_carry, quantile;
  uint32_t slot, slot_count, slot_last, slots;
  float hour_peak;
  uint8_t best;
  bool follow, season;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(usage, errors, hours, recent, prediction, average, margin, highest, usage_weight,
      error_weight, slot_sum, usage_carry, error_carry, quantile, slot, slot_count, slot_last,
      slots, hour_peak, best, follow, season);
  }
};

/// Eight samples that waited, as they were.
struct cpu_model::layout_v2 {
  cpu_model rest;
  std::array<float, 8> pending;
  template <class Visitor>
  void visit(Visitor&& v) {
    rest.visit([&](auto& usage, auto& e0, auto& e1, auto& e2, auto& e3, auto& hours, auto& recent,
                   auto& prediction, auto& average, auto& margin, auto&, auto&... others) {
      v(usage, e0, e1, e2, e3, hours, recent, prediction, average, margin, pending, others...);
    });
  }
};

struct memory_model::layout_v1 {
  std::array<std::array<uint16_t, margins>, spans> above;
  std::array<float, spans> peaks_k;
  float live_k, day_k, yesterday_k, floor_k, limit_k, ladder_k, watched, worth, unused;
  float kill_price, least_margin;
  uint32_t slot, kill_s, kills;
  uint8_t best;
  bool oom_healing;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(above, peaks_k, live_k, day_k, yesterday_k, floor_k, limit_k, ladder_k, watched, worth,
      unused, kill_price, least_margin, slot, kill_s, kills, best, oom_healing);
  }
};

}  // namespace scaleops
