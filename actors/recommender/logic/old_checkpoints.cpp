#include "actors/recommender/logic/old_checkpoints.hpp"

#include <algorithm>

#include "actors/recommender/logic/log_code.hpp"

namespace scaleops {

cpu_model::cpu_model(const layout_v1& old)
    : slot_{old.slot},
      slot_count_{old.slot_count},
      slot_last_{old.slot_last},
      slot_sum_{old.slot_sum},
      highest_{old.highest},
      follow_{old.follow},
      season_{old.season},
      quantile_{old.quantile},
      usage_weight_{old.usage_weight},
      error_weight_{old.error_weight},
      usage_carry_{old.usage_carry},
      error_carry_{old.error_carry},
      hour_peak_{old.hour_peak},
      slots_{old.slots},
      recent_{old.recent},
      hours_{old.hours} {
  usage_.counts = old.usage;
  // Last hour and last day share a place: the one that the goal follows is kept.
  const size_t kept[places] = {0, follow_ ? size_t{1} : size_t{4}, 2, 3};
  for (size_t k = 0; k < places; ++k) {
    auto& from = old.errors[kept[k]];
    prediction_[k] = old.prediction[kept[k]];
    average_[k] = old.average[kept[k]];
    // The last sixteen buckets, two an octave, fall into eight.
    for (size_t i = 0; i < error_buckets; ++i)
      errors_[k].counts[i] =
        i < 32 ? from[i]
               : uint16_t(std::min(0xffff, from[32 + 2 * (i - 32)] + from[33 + 2 * (i - 32)]));
    if (old.best == kept[k]) {
      best_ = uint8_t(k);
      margin_ = old.margin[kept[k]];
    }
  }
  if (margin_ <= 0)
    best_ = slow, margin_ = old.margin[0];
}

cpu_model::cpu_model(const layout_v2& old) : cpu_model{old.rest} {
  if (waiting_ > old.pending.size()) {
    waiting_ = buffered + 1;  // not sane
    return;
  }
  for (size_t i = 0; i < waiting_; ++i)
    pending_[i] = recommender_logic::encode_sample(std::max(0.0f, old.pending[i]));
}

memory_model::memory_model(const layout_v1& old)
    : above_{old.above},
      peaks_k_{old.peaks_k},
      yesterday_k_{old.yesterday_k},
      floor_k_{old.floor_k},
      limit_k_{old.limit_k},
      ladder_k_{old.ladder_k},
      watched_{old.watched},
      worth_{old.worth},
      kill_price_{old.kill_price},
      least_margin_{old.least_margin},
      kill_s_{old.kill_s},
      kills_{old.kills},
      low_k_{old.live_k},
      best_{old.best},
      oom_healing_{old.oom_healing},
      slot_{old.slot},
      live_k_{old.live_k},
      day_k_{old.day_k} {}

}  // namespace scaleops
