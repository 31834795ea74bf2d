#include "actors/recommender/logic/cpu_model.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/cpu_scale.hpp"

namespace scaleops {

using namespace recommender_logic;

namespace {

constexpr float usage_base = 64, error_base = 16;  // counts a slot is worth, before growth
constexpr uint32_t learned_after = 12;             // slots before a record of errors is trusted
/// Factor before that: 1.3 at the usual level, more where overruns shall be rarer.
float untaught_margin(float quantile) {
  return 1.3f * std::pow(0.12f / std::max(0.0005f, 1 - quantile), 0.35f);
}
constexpr float must_win = 0.7f;  // of the slow expert's loss, or of the others'
/// Experts are compared at this quantile whatever is asked: so the choice does not hang on the
/// question, and a safer one never gets less.
constexpr float compared_at = 0.95f;
constexpr float least_margin = 0.05f;

/// Turns wanted fractions into whole counts and carries the rest, in fixed point: a chain of floats
/// would be what settling waits for.
class dealer {
public:
  explicit dealer(float& carry) : carry_{carry}, rest_{fixed(carry)} {}
  ~dealer() { carry_ = float(double(rest_) / one); }
  void want(float each) { each_ = fixed(each); }
  uint32_t deal() {
    rest_ += each_;
    auto whole = uint32_t(rest_ >> 32);
    rest_ &= 0xffff'ffff;
    return whole;
  }

private:
  static constexpr double one = 4294967296.0;
  static uint64_t fixed(float value) { return uint64_t(std::min(double(value), 65535.0) * one); }
  float& carry_;
  uint64_t rest_, each_ = 0;
};

}  // namespace

bool cpu_model::allowed(size_t at, const cpu_question& question) const {
  switch (place(at)) {
    case slow:
      return true;
    case near:
      return question.follow == follow_;
    case blend:
      return question.follow;
    case season:
      return question.follow && question.season;
    case places:
      break;
  }
  return false;
}

float cpu_model::season_of(uint32_t hour) const {
  // Same hour and the next one on the last six days, nearer days count more.
  float sum = 0, weights = 0, weight = 1;
  for (uint32_t day = 1; day <= 6; ++day, weight *= 0.7f) {
    auto peak =
      std::max(hours_[week_hour(hour - 24 * day)], hours_[week_hour(hour - 24 * day + 1)]);
    if (peak == 0)
      continue;
    sum += weight * float(peak);  // codes are logarithms
    weights += weight;
  }
  if (weights < 1.5f)
    return 0;  // seen on fewer than two days
  return decode_hour(uint8_t(sum / weights + 0.5f));
}

void cpu_model::predict(levels& out, float open_level, uint32_t oldest) const {
  if (!follow_)
    return;
  // Codes are monotonic: the highest one is decoded, not each.
  auto held = recent_;
  held[oldest % held.size()] = 0;
  uint16_t most = 0;
  for (auto code : held)
    most = std::max(most, code);
  float hour_peak = std::max(open_level, decode(most));
  out[near] = hour_peak;
  out[blend] = std::sqrt(std::sqrt(hour_peak * out[slow] * out[slow] * out[slow]));
}

/// Calls `sample(millicores)` for each sample that waits, and before it `share(part of the slot)`
/// where that has changed. More samples than in the slot before (a first slot, a scale-out) count
/// less each, so that one slot does not outweigh a day.
template <class Share, class Sample>
void cpu_model::each_waiting(Share share, Sample sample) const {
  uint32_t count = slot_count_ - waiting_;
  share(1.0f / float(slot_last_));
  for (size_t i = 0; i < waiting_; ++i) {
    if (++count > slot_last_)
      share(1.0f / float(count));
    sample(decode_sample(pending_[i]));
  }
}

/// Gives the histograms the samples that wait, as if each had been given when it came.
void cpu_model::settle() {
  if (waiting_ == 0)
    return;
  size_t used = follow_ ? places : blend;  // by restart the others are never asked
  levels scale{};                          // makes a sample four times its ratio to the prediction
  if (slots_ > 0)
    for (size_t k = 0; k < used; ++k)
      if (prediction_[k] > 0)
        scale[k] = 4 / prediction_[k];
  dealer usage{usage_carry_}, error{error_carry_};
  each_waiting(
    [&](float share) {
      usage.want(usage_weight_ * share);
      error.want(slots_ > 0 ? error_weight_ * share : 0);
    },
    [&](float millicores) {
      if (auto amount = usage.deal())
        usage_.add(usage_bucket(millicores, usage_buckets), amount);
      if (auto amount = error.deal())
        for (size_t k = 0; k < used; ++k)
          if (scale[k] > 0)
            errors_[k].add(error_bucket_of_fourfold(millicores * scale[k], error_buckets), amount);
    });
  std::fill_n(pending_.begin(), waiting_, uint16_t{0});
  waiting_ = 0;
}

void cpu_model::close_slot(uint32_t next_slot) {
  settle();
  float level = slot_sum_ / float(std::max(1u, slot_count_));
  uint32_t hour = slot_ / slots_an_hour;
  uint32_t passed = slots_ == 0 ? 1 : std::min(next_slot - slot_, slots_an_hour);
  ++slots_;
  hour_peak_ = std::max(hour_peak_, level);
  hours_[week_hour(hour)] = encode_hour(hour_peak_);
  bool young = slots_ < 24;
  if (young || slots_ % 4 == 0)
    prediction_[slow] = quantile(0.9f);
  predict(prediction_, level, slot_);
  recent_[slot_ % recent_.size()] = encode_up(level);
  if (next_slot - slot_ > slots_an_hour)
    recent_.fill(0);
  else
    for (uint32_t s = slot_ + 1; s < next_slot; ++s)
      recent_[s % recent_.size()] = 0;
  uint32_t next_hour = next_slot / slots_an_hour;
  if (next_hour != hour) {
    hour_peak_ = 0;
    for (uint32_t gap = hour + 1; gap <= next_hour && gap < hour + 169; ++gap)
      hours_[week_hour(gap)] = 0;
    if (next_hour / 1344 != hour / 1344)
      highest_ *= 0.5f;
  }
  if (young || next_hour != hour) {
    if (follow_)
      prediction_[season] = season_of(next_hour);
    else
      prediction_[near] = peak(24);
  } else if (!follow_) {
    prediction_[near] = std::max(prediction_[near], level);
  }
  for (size_t k = 0; k < places; ++k)
    average_[k] += average_[k] > 0 ? (prediction_[k] - average_[k]) * 0.0012f : prediction_[k];
  if (quantile_ > 0 && (young || slots_ % 4 == 0)) {
    auto fresh = make_plan(goal());
    margin_ = fresh.margin;
    best_ = fresh.best;
  }
  // A slot's worth grows instead of the past shrinking.
  usage_weight_ *= passed == 1 ? (follow_ ? 1.0024096f : 1.0008026f)
                               : std::exp2(float(passed) / usage_half_life(follow_));
  error_weight_ *= passed == 1 ? 1.0008026f : std::exp2(float(passed) / error_half_life);
  if (usage_weight_ >= 2 * usage_base) {
    usage_.halve();
    usage_weight_ /= 2;
  }
  if (error_weight_ >= 2 * error_base) {
    for (auto& e : errors_)
      e.halve();
    error_weight_ /= 2;
  }
  slot_last_ = std::max(1u, slot_count_);
  slot_ = next_slot;
  slot_count_ = 0;
  slot_sum_ = 0;
}

void cpu_model::add(uint32_t at_s, float millicores) {
  if (!(millicores >= 0) || millicores > 1e8f)
    return;
  uint32_t slot = at_s / slot_s;
  if (slot > slot_) {
    if (slot_ == 0)
      slot_ = slot;
    else
      close_slot(slot);
  }
  if (waiting_ == buffered)
    settle();
  pending_[waiting_++] = encode_sample(millicores);
  highest_ = std::max(highest_, millicores);
  slot_sum_ += millicores;
  ++slot_count_;
}

cpu_model::plan cpu_model::make_plan(const cpu_question& question) const {
  plan out{0, slow};
  float least = 0;
  bool found = false;
  for (size_t k = 0; k < places; ++k) {
    if (!allowed(k, question) || prediction_[k] <= 0)
      continue;
    auto& counts = errors_[k].counts;
    uint32_t total = 0;
    float at = slots_ < learned_after ? -1 : errors_[k].position(compared_at, total);
    if (at < 0) {
      if (!found)
        out.best = uint8_t(k);
      continue;
    }
    float margin = error_at(at);
    // Pinball loss: what lies above costs the quantile, what lies below what is left to 1. Eight
    // sums side by side.
    std::array<float, 8> sums{};
    for (size_t i = 0; i < error_buckets; i += 8)
      for (size_t lane = 0; lane < 8; ++lane) {
        float above = error_middles[i + lane] - margin;
        sums[lane] +=
          float(counts[i + lane]) * std::max(compared_at * above, (compared_at - 1) * above);
      }
    float loss = 0;
    for (float sum : sums)
      loss += sum;
    loss *= average_[k] / float(total);
    // A season must be worth looking ahead for; the last day's peak moves every day, and each move
    // would be a restart.
    if (k == season || (k == near && !question.follow))
      loss /= must_win;
    if (!found || loss < least) {
      out.best = uint8_t(k);
      least = loss;
      found = true;
    }
  }
  out.margin = found
                 ? std::max(error_at(errors_[out.best].position(question.quantile)), least_margin)
                 : untaught_margin(question.quantile);
  return out;
}

void cpu_model::aim(const cpu_question& question) {
  if (goal() == question)
    return;
  settle();
  if (follow_ != question.follow)
    // Other experts from now on: until they have a record of their own, a faint one of the slow's.
    for (size_t k = near; k < places; ++k) {
      errors_[k] = errors_[slow];
      errors_[k].halve();
      errors_[k].halve();
      prediction_[k] = average_[k] = 0;
    }
  quantile_ = question.quantile;
  follow_ = question.follow;
  season_ = question.season;
  auto fresh = make_plan(question);
  margin_ = fresh.margin;
  best_ = fresh.best;
}

cpu_answer cpu_model::estimate(const cpu_question& question) const {
  cpu_answer out;
  if (slot_count_ == 0)
    return out;
  if (waiting_ > 0 && !(question == goal())) {
    auto all = *this;
    all.settle();
    return all.estimate(question);
  }
  plan used{margin_, best_};
  if (!(question == goal()))
    used = make_plan(question);
  auto now = prediction_;
  if (used.best == near || used.best == blend)
    predict(now, live(), slot_);
  if (!follow_)
    now[near] = std::max(now[near], live());
  if (slots_ == 0 || now[used.best] <= 0) {
    now[used.best] = live();
    used.margin = untaught_margin(question.quantile);
  }
  out.expert = used.best == near && !follow_ ? cpu_expert::last_day : cpu_expert(used.best);
  out.prediction = now[used.best];
  out.margin = used.margin;
  out.value = out.prediction * out.margin;
  return out;
}

/// What settling would make of the usage; the experts' records are left alone.
cpu_model::usage_counts cpu_model::settled_usage() const {
  auto out = usage_;
  float carry = usage_carry_;
  dealer usage{carry};
  each_waiting([&](float share) { usage.want(usage_weight_ * share); },
               [&](float millicores) {
                 if (auto amount = usage.deal())
                   out.add(usage_bucket(millicores, usage_buckets), amount);
               });
  return out;
}

float cpu_model::quantile_of(const usage_counts& usage, float q) const {
  float position = usage.position(q);
  return position < 0 ? 0 : std::min(usage_at(position), highest_);
}

float cpu_model::quantile(float q) const {
  return waiting_ > 0 ? quantile_of(settled_usage(), q) : quantile_of(usage_, q);
}

void cpu_model::quantiles(std::span<const float> levels, std::span<float> out) const {
  auto usage = settled_usage();
  for (size_t i = 0; i < levels.size(); ++i)
    out[i] = quantile_of(usage, levels[i]);
}

float cpu_model::peak(int hours) const {
  float best = std::max(hour_peak_, live());
  uint32_t hour = slot_ / slots_an_hour;
  for (uint32_t back = 1; back < uint32_t(std::clamp(hours, 0, 168)) && back < hour; ++back)
    best = std::max(best, decode_hour(hours_[week_hour(hour - back)]));
  return best;
}

std::array<float, 168> cpu_model::by_hour() const {
  std::array<float, 168> out{};
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = decode_hour(hours_[i]);
  return out;
}

cpu_model::overrun cpu_model::expected_overrun(float millicores,
                                               const cpu_question& question) const {
  if (waiting_ > 0) {
    auto all = *this;
    all.settle();
    return all.expected_overrun(millicores, question);
  }
  overrun out;
  auto answer = estimate(question);
  auto& record = errors_[answer.expert == cpu_expert::last_day ? near : size_t(answer.expert)];
  auto total = float(record.total());
  if (answer.prediction <= 0 || total <= 0)
    return out;
  for (int i = 0; i < error_buckets; ++i) {
    // Split the bucket that holds the bound.
    float from = error_at(float(i)) * answer.prediction,
          to = error_at(float(i) + 0.999f) * answer.prediction;
    float share = record.counts[size_t(i)] / total;
    if (to <= millicores || share == 0)
      continue;
    float above = from >= millicores ? 1 : (to - millicores) / std::max(1e-6f, to - from);
    out.share += share * above;
    out.volume += share * above * ((std::max(from, millicores) + to) / 2 - millicores);
  }
  return out;
}

bool cpu_model::sane() const {
  auto fits = [](float value) { return value >= 0 && value <= 1e15f; };
  auto all_fit = [&](auto& values) { return std::all_of(values.begin(), values.end(), fits); };
  return best_ < places && waiting_ <= buffered && waiting_ <= slot_count_ && slot_last_ > 0 &&
         usage_weight_ >= 1 && error_weight_ >= 1 && fits(usage_weight_) && fits(error_weight_) &&
         all_fit(prediction_) && all_fit(average_) && fits(margin_) && fits(highest_) &&
         fits(slot_sum_) && fits(hour_peak_) && quantile_ >= 0 && quantile_ <= 1;
}

}  // namespace scaleops
