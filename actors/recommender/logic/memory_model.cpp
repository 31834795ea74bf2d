#include "actors/recommender/logic/memory_model.hpp"

#include <algorithm>
#include <cmath>

namespace scaleops {

namespace {

constexpr double kib = 1024, gib = 1024.0 * 1024 * 1024;
constexpr float short_half_life = 288, long_half_life = 4 * 288;  // slots of 5 minutes
constexpr float long_lifts = 1.25f;  // the long maximum may lift the short one by this factor
constexpr uint32_t longest_gap =
  72;  // slots: a pause of any length ages what is known by six hours
constexpr double size_exponent = 0.6;
constexpr double smallest_size = 8.0 * 1024 * 1024;
constexpr float least_bump_k = 100 * 1024;  // 100 MiB
constexpr uint32_t floor_holds_s = 3600, floor_half_life_s = 3600;
constexpr uint32_t row_s = 86400;   // kills closer than this are a row
constexpr uint32_t leak_kills = 4;  // a row of this length is a leak, not a load
constexpr float leak_factor = 3;    // and growth stops at this multiple of the first limit

constexpr std::array<float, 12> above_steps = {1.02f, 1.05f, 1.1f, 1.2f, 1.35f, 1.5f,
                                               1.75f, 2,     2.5f, 3,    5,     10};

}  // namespace

void memory_model::add(uint32_t at_s, double bytes) {
  if (!(bytes >= 0) || bytes > 1e15)
    return;
  auto value = float(bytes / kib);
  uint32_t slot = at_s / 300;
  if (slot > slot_) {
    if (slot_ != 0) {
      uint32_t passed = std::min(slot - slot_, longest_gap);
      if (passed == 1) {  // the usual case without a call
        short_k_ *= 0.99759615f;
        long_k_ *= 0.99939850f;
      } else {
        short_k_ *= std::exp2(-float(passed) / short_half_life);
        long_k_ *= std::exp2(-float(passed) / long_half_life);
      }
      watched_ += float(passed) / 288;
      if (slot / 288 != slot_ / 288) {
        yesterday_k_ = day_k_;
        day_k_ = 0;
      }
    }
    slot_ = slot;
    live_k_ = 0;
  }
  if (value > short_k_ * above_steps[0] && short_k_ > 0) {
    size_t step = above_steps.size() - 1;
    while (value <= short_k_ * above_steps[step])
      --step;
    if (++above_[step] == 0xffff) {
      for (auto& count : above_)
        count = uint16_t(count / 2);
      watched_ /= 2;
    }
  }
  short_k_ = std::max(short_k_, value);
  long_k_ = std::max(long_k_, value);
  live_k_ = std::max(live_k_, value);
  day_k_ = std::max(day_k_, value);
}

void memory_model::add_kill(const oom_event& kill) {
  auto at = uint32_t(std::chrono::floor<std::chrono::seconds>(kill.at).time_since_epoch().count());
  double base = double(std::max({kill.memory_request, kill.memory_peak, int64_t(live_k_ * kib)}));
  if (kill.memory_limit > 0 && kill.cause == kill_cause::container_limit)
    base = double(kill.memory_limit);
  if (base <= 0)
    return;
  limit_k_ = float(base / kib);
  bool row = kill_s_ != 0 && at < kill_s_ + row_s;
  bool quick = kill_s_ != 0 && at < kill_s_ + 3600;
  kills_ = row ? kills_ + 1 : 1;
  if (!row)
    ladder_k_ = limit_k_;
  kill_s_ = std::max(kill_s_, at);
  float raised = std::max(limit_k_ * (quick ? 1.5f : 1.2f), limit_k_ + least_bump_k);
  floor_k_ = quick ? std::max(floor_k_, raised) : raised;
}

void memory_model::merge(const memory_model& other) {
  if (other.slot_ == 0 && other.kill_s_ == 0)
    return;
  memory_model out = slot_ >= other.slot_ ? *this : other;
  const memory_model& rest = slot_ >= other.slot_ ? other : *this;
  if (rest.slot_ != 0) {
    float age = float(std::min(out.slot_ - rest.slot_, longest_gap));
    out.short_k_ = std::max(out.short_k_, rest.short_k_ * std::exp2(-age / short_half_life));
    out.long_k_ = std::max(out.long_k_, rest.long_k_ * std::exp2(-age / long_half_life));
    if (out.slot_ == rest.slot_)
      out.live_k_ = std::max(out.live_k_, rest.live_k_);
    if (out.slot_ / 288 == rest.slot_ / 288) {
      out.day_k_ = std::max(out.day_k_, rest.day_k_);
      out.yesterday_k_ = std::max(out.yesterday_k_, rest.yesterday_k_);
    }
  }
  for (size_t i = 0; i < above_.size(); ++i)
    out.above_[i] = uint16_t(std::min(0xfffe, int(above_[i]) + int(other.above_[i])));
  out.watched_ = watched_ + other.watched_;
  const memory_model& killed = kill_s_ >= other.kill_s_ ? *this : other;
  out.kill_s_ = killed.kill_s_;
  out.floor_k_ = std::max(floor_k_, other.floor_k_);
  out.limit_k_ = killed.limit_k_;
  out.ladder_k_ = std::max(ladder_k_, other.ladder_k_);
  out.kills_ = std::max(kills_, other.kills_);
  *this = out;
}

double memory_model::peak() const {
  return double(std::max(short_k_, std::min(long_k_, short_k_ * long_lifts))) * kib;
}

memory_answer memory_model::estimate(const memory_question& question, uint32_t now_s) const {
  memory_answer out;
  out.live = live();
  out.peak = peak();
  if (out.peak <= 0)
    return out;
  out.margin = question.margin * std::pow(std::max(out.peak, smallest_size) / gib, -size_exponent);
  out.value = out.peak * (1 + out.margin);
  out.growth_a_day = yesterday_k_ > 0 ? std::max(0.0f, day_k_ - yesterday_k_) * kib : 0;
  if (!question.oom_healing || kill_s_ == 0)
    return out;
  uint32_t since = now_s > kill_s_ ? now_s - kill_s_ : 0;
  out.oom_limit = limit_k_ * kib;
  double floor = floor_k_ * kib;
  if (since > floor_holds_s)
    floor *= std::exp2(-double(since - floor_holds_s) / floor_half_life_s);
  if (floor > out.value) {
    out.oom_floor = floor;
    out.value = floor;
  }
  out.urgent = since < 3600;
  if (kills_ >= leak_kills && since < row_s) {
    double cap = std::max(ladder_k_ * leak_factor, ladder_k_ + 4 * least_bump_k) * kib;
    if (out.value > cap) {
      out.leak_cap = cap;
      out.value = cap;
    }
  }
  return out;
}

double memory_model::overruns_a_day(double bytes) const {
  if (watched_ <= 0 || short_k_ <= 0)
    return 0;
  double ratio = bytes / peak(), count = 0;
  for (size_t i = 0; i < above_steps.size(); ++i) {
    double from = above_steps[i], to = i + 1 < above_steps.size() ? above_steps[i + 1] : from * 2;
    if (ratio <= from)
      count += above_[i];
    else if (ratio < to)
      count += above_[i] * (to - ratio) / (to - from);
  }
  return count / watched_;
}

}  // namespace scaleops
