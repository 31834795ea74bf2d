// How what two observers learned of one container's CPU usage becomes one.
#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/cpu_model.hpp"
#include "actors/recommender/logic/cpu_scale.hpp"

namespace scaleops {

using namespace recommender_logic;

void cpu_model::weaken() {
  settle();
  for (auto& e : errors_) {
    e.halve();
    e.halve();
  }
  usage_.halve();
  usage_.halve();
}

void cpu_model::merge(const cpu_model& other) {
  if (other.slot_ == 0)
    return;
  if (slot_ == 0) {
    *this = other;
    return;
  }
  bool other_newer = other.slot_ > slot_ || (other.slot_ == slot_ && other.slots_ > slots_);
  cpu_model out = other_newer ? other : *this;
  cpu_model rest = other_newer ? *this : other;
  out.settle();
  rest.settle();
  // The older one's evidence has aged since by the newer one's clock.
  float age = float(out.slot_ - rest.slot_);
  float usage_factor =
    out.usage_weight_ / rest.usage_weight_ * std::exp2(-age / usage_half_life(out.follow_));
  float error_factor = out.error_weight_ / rest.error_weight_ * std::exp2(-age / error_half_life);
  if (out.usage_.merge(rest.usage_, usage_factor))
    out.usage_weight_ = std::max(1.0f, out.usage_weight_ / 2);
  for (size_t k = 0; k < places; ++k) {
    if (k > slow && out.follow_ != rest.follow_)
      break;  // records of other experts
    out.errors_[k].merge(rest.errors_[k], error_factor);
    out.prediction_[k] = std::max(out.prediction_[k], rest.prediction_[k]);
    out.average_[k] = std::max(out.average_[k], rest.average_[k]);
  }
  for (size_t i = 0; i < hours_.size(); ++i)
    out.hours_[i] = std::max(out.hours_[i], rest.hours_[i]);
  // Closed slots of both that lie in the newer one's last hour; the older one's open slot is
  // closed.
  for (uint32_t back = 0; back < slots_an_hour; ++back) {
    uint32_t slot = rest.slot_ - back;
    if (slot >= out.slot_ || slot + slots_an_hour <= out.slot_)
      continue;
    auto i = slot % recent_.size();
    out.recent_[i] = std::max(out.recent_[i], back == 0 ? encode_up(rest.live()) : rest.recent_[i]);
  }
  if (out.slot_ / slots_an_hour == rest.slot_ / slots_an_hour) {
    float closed = out.slot_ == rest.slot_ ? 0 : rest.live();
    out.hour_peak_ = std::max({out.hour_peak_, rest.hour_peak_, closed});
  } else {
    auto& code = out.hours_[week_hour(rest.slot_ / slots_an_hour)];
    code = std::max(code, encode_hour(std::max(rest.hour_peak_, rest.live())));
  }
  out.highest_ = std::max(out.highest_, rest.highest_);
  out.slots_ = std::max(out.slots_, rest.slots_);
  if (out.slot_ == rest.slot_) {
    out.slot_sum_ += rest.slot_sum_;
    out.slot_count_ += rest.slot_count_;
  }
  if (out.quantile_ > 0) {
    auto fresh = out.make_plan(out.goal());
    out.margin_ = fresh.margin;
    out.best_ = fresh.best;
  }
  *this = out;
}

}  // namespace scaleops
