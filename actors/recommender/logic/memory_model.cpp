#include "actors/recommender/logic/memory_model.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/log_code.hpp"

namespace scaleops {

using namespace recommender_logic;

namespace {

constexpr double kib = 1024;
constexpr float least_bump_k = 100 * 1024;  // 100 MiB
constexpr uint32_t floor_holds_s = 7 * 86400;

}  // namespace

void memory_model::roll(uint32_t hour) {
  if (hour_ != 0) {
    ring_[hour_ % 168] = encode_up(now_peak_k_);
    for (uint32_t gap = hour_ + 1; gap < hour && gap < hour_ + 169; ++gap)
      ring_[gap % 168] = 0;
  }
  hour_ = hour;
  now_peak_k_ = 0;
}

void memory_model::add(uint32_t at_s, double bytes) {
  if (!(bytes >= 0) || bytes > 1e15)
    return;
  if (at_s / 3600 > hour_)
    roll(at_s / 3600);
  live_k_ = float(bytes / kib);
  now_peak_k_ = std::max(now_peak_k_, live_k_);
}

void memory_model::add_kill(const oom_event& kill) {
  auto at = uint32_t(std::chrono::floor<std::chrono::seconds>(kill.at).time_since_epoch().count());
  double at_kill =
    std::max({double(kill.memory_limit), double(kill.memory_request), double(kill.memory_peak)});
  if (kill.memory_limit > 0 && kill.cause == kill_cause::container_limit)
    at_kill = double(kill.memory_limit);
  limit_k_ = float(at_kill / kib);
  kills_ = kill_s_ != 0 && at < kill_s_ + 3600 ? kills_ + 1 : 1;
  kill_s_ = at;
  float factor = kills_ > 1 ? 1.5f : 1.2f;
  floor_k_ = std::max({floor_k_, limit_k_ * factor, limit_k_ + least_bump_k});
}

void memory_model::merge(const memory_model& other) {
  if (other.hour_ == 0 && other.kill_s_ == 0)
    return;
  memory_model newer = hour_ >= other.hour_ ? *this : other;
  const memory_model& older = hour_ >= other.hour_ ? other : *this;
  for (size_t i = 0; i < ring_.size(); ++i)
    newer.ring_[i] = std::max(newer.ring_[i], older.ring_[i]);
  if (older.hour_ == newer.hour_) {
    newer.now_peak_k_ = std::max(newer.now_peak_k_, older.now_peak_k_);
    newer.live_k_ = std::max(newer.live_k_, older.live_k_);
  } else if (older.hour_ != 0) {
    auto& cell = newer.ring_[older.hour_ % 168];
    cell = std::max(cell, encode_up(older.now_peak_k_));
  }
  newer.floor_k_ = std::max(floor_k_, other.floor_k_);
  newer.limit_k_ = std::max(limit_k_, other.limit_k_);
  newer.kill_s_ = std::max(kill_s_, other.kill_s_);
  newer.kills_ = std::max(kills_, other.kills_);
  *this = newer;
}

void memory_model::weaken(uint32_t) {}

double memory_model::peak(int hours) const {
  float best = now_peak_k_;
  for (uint32_t back = 1; back < uint32_t(std::min(hours, 168)) && back < hour_; ++back)
    best = std::max(best, decode(ring_[(hour_ - back) % 168]));
  return best * kib;
}

memory_answer memory_model::estimate(const memory_question& question, uint32_t now_s) const {
  memory_answer out;
  out.peak = peak(int(question.window_h));
  out.live = live_k_ * kib;
  out.margin = 0.10;
  out.value = out.peak * (1 + out.margin);
  out.oom_limit = limit_k_ * kib;
  if (question.oom_healing && kill_s_ != 0 && now_s < kill_s_ + floor_holds_s) {
    out.oom_floor = floor_k_ * kib;
    out.urgent = now_s < kill_s_ + 3600;
    out.value = std::max(out.value, out.oom_floor);
  }
  return out;
}

}  // namespace scaleops
