#include "actors/recommender/logic/cpu_model.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/log_code.hpp"

namespace scaleops {

using namespace recommender_logic;

namespace {

constexpr float half_life_h = 24;

/// Hour 0 of 1970 was a Thursday: hour 0 of our week is Monday 00:00.
size_t week_hour(uint32_t hour) {
  return (hour + 72) % 168;
}

}  // namespace

void cpu_model::roll(uint32_t hour) {
  if (hour_ == 0) {
    reference_h_ = hour;
  } else {
    ring_[week_hour(hour_)] = encode_up(now_peak_);
    for (uint32_t gap = hour_ + 1; gap < hour && gap < hour_ + 169; ++gap)
      ring_[week_hour(gap)] = 0;
    if (hour - reference_h_ > 24 * 60) {  // keep new weights within a float's range
      float shrink = std::exp2(-float(hour - reference_h_) / half_life_h);
      for (auto& w : weights_)
        w *= shrink;
      reference_h_ = hour;
    }
  }
  hour_ = hour;
  now_peak_ = 0;
}

void cpu_model::add(uint32_t at_s, float millicores) {
  if (!(millicores >= 0) || millicores > 1e9f)
    return;
  uint32_t slot = at_s / 300;
  if (slot > slot_) {
    if (slot / 12 != hour_)
      roll(slot / 12);
    slot_last_ = std::max(1u, slot_count_);
    slot_ = slot;
    slot_count_ = 0;
  }
  ++slot_count_;
  float weight = std::exp2(float(hour_ - reference_h_) / half_life_h) / float(slot_last_);
  weights_[size_t(std::min(log_bucket<3>(millicores), buckets - 1))] += weight;
  now_peak_ = std::max(now_peak_, millicores);
}

void cpu_model::merge(const cpu_model& other) {
  if (other.hour_ == 0)
    return;
  if (hour_ == 0) {
    *this = other;
    return;
  }
  cpu_model newer = hour_ >= other.hour_ ? *this : other;
  const cpu_model& older = hour_ >= other.hour_ ? other : *this;
  // Weights of the older count as of its own reference hour.
  float shift = std::exp2((float(newer.reference_h_) - float(older.reference_h_)) / -half_life_h);
  for (size_t i = 0; i < weights_.size(); ++i)
    newer.weights_[i] += older.weights_[i] * shift;
  for (size_t i = 0; i < ring_.size(); ++i)
    newer.ring_[i] = std::max(newer.ring_[i], older.ring_[i]);
  if (older.hour_ == newer.hour_)
    newer.now_peak_ = std::max(newer.now_peak_, older.now_peak_);
  else
    newer.ring_[week_hour(older.hour_)] =
      std::max(newer.ring_[week_hour(older.hour_)], encode_up(older.now_peak_));
  *this = newer;
}

void cpu_model::weaken() {
  for (auto& w : weights_)
    w *= 0.25f;
}

float cpu_model::quantile(float q) const {
  float total = 0;
  for (float w : weights_)
    total += w;
  float wanted = q * total, sum = 0;
  for (int i = 0; i < buckets; ++i) {
    float w = weights_[size_t(i)];
    if (w > 0 && sum + w >= wanted) {
      float from = log_bucket_start<3>(i), to = log_bucket_start<3>(i + 1);
      return from + (to - from) * std::clamp((wanted - sum) / w, 0.0f, 1.0f);
    }
    sum += w;
  }
  return 0;
}

float cpu_model::peak(int hours) const {
  float best = now_peak_;
  for (uint32_t back = 1; back < uint32_t(std::min(hours, 168)) && back < hour_; ++back)
    best = std::max(best, decode(ring_[week_hour(hour_ - back)]));
  return best;
}

std::array<float, 168> cpu_model::by_hour() const {
  std::array<float, 168> out{};
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = decode(ring_[i]);
  if (hour_ > 0)
    out[week_hour(hour_)] = std::max(out[week_hour(hour_)], now_peak_);
  return out;
}

cpu_answer cpu_model::estimate(const cpu_question& question) const {
  cpu_answer out;
  out.percentile = quantile(question.quantile);
  out.value = out.percentile;
  if (question.follow) {
    out.recent_peak = peak(2);
    out.value = std::max(out.value, out.recent_peak);
  }
  return out;
}

}  // namespace scaleops
