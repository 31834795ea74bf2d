#include "actors/recommender/logic/memory_model.hpp"

#include <algorithm>
#include <cmath>

#include "actors/recommender/logic/seconds.hpp"

namespace scaleops {

namespace {

constexpr double kib = 1024, gib_k = 1024.0 * 1024;
constexpr float slots_a_day = 288;
constexpr std::array<float, 4> half_lives_h = {24, 72, 200, 600};
/// Gaps age what is known by this many slots at most: a pause of any length by six hours.
constexpr uint32_t longest_gap = 72;
constexpr uint32_t choose_every = 12;  // slots
/// What a maximum costs more that fades by half in a day, as share of the bytes: it is followed
/// down every few hours, and up again after the next peak.
constexpr float fading_cost = 0.35f;

constexpr std::array<float, 12> margin_steps = {0.02f, 0.035f, 0.05f, 0.075f, 0.1f, 0.15f,
                                                0.2f,  0.3f,   0.5f,  0.8f,   1.5f, 3};
/// Exceedances a day of a maximum with a half-life of 24 h by these margins, over the open sets of
/// recorded usage; longer half-lives have fewer by prior_span.
constexpr std::array<float, 12> prior_rate = {4,     2.8f, 2,    1.4f,  1.1f,  0.85f,
                                              0.65f, 0.4f, 0.2f, 0.08f, 0.02f, 0.005f};
constexpr std::array<float, 4> prior_span = {1, 0.415f, 0.183f, 0.0761f};  // (24 / h)^0.8
constexpr float prior_days = 10;                                           // what the prior weighs
constexpr float young_days = 0.5f;  // the younger, the likelier a new maximum: 1 + young_days / age
constexpr float base_worth = 16;
constexpr float record_half_life_days = 20;
constexpr float smallest_k = 8 * 1024;

constexpr float least_bump_k = 100 * 1024;  // 100 MiB
constexpr uint32_t floor_holds_s = 3600, floor_half_life_s = 3600;
constexpr uint32_t row_s = 86400;   // kills closer than this are a row
constexpr uint32_t leak_kills = 4;  // a row of this length is a leak, not a load
constexpr float leak_factor = 3;    // and growth stops at this multiple of the first limit
/// A slow leak: that many days on end whose lowest and highest use were both above the day
/// before's. A load that comes and goes has its lows at the same level; a restart ends the rise.
constexpr uint8_t leak_days = 3;
constexpr float rise_step = 1.05f;           // a day, less is no rise
constexpr uint32_t slow_row_s = 14 * 86400;  // kills at the end of such rises are a row

float fading(float slots, float half_life_h) {
  return std::exp2(-slots / (half_life_h * 12));
}

}  // namespace

void memory_model::close_slot(uint32_t next_slot) {
  for (size_t s = 0; s < spans; ++s) {
    if (peaks_k_[s] > 0 && live_k_ > peaks_k_[s] * (1 + margin_steps[0])) {
      auto amount = uint16_t(worth_);
      for (size_t m = 0; m < margins && live_k_ > peaks_k_[s] * (1 + margin_steps[m]); ++m)
        above_[s][m] = uint16_t(std::min(0xffff, above_[s][m] + amount));
    }
    peaks_k_[s] = std::max(peaks_k_[s], live_k_);
  }
  auto passed = float(std::min(next_slot - slot_, longest_gap));
  if (passed == 1) {  // the usual case without a call
    constexpr std::array<float, spans> one = {0.99759615f, 0.99919807f, 0.99971123f, 0.99990373f};
    for (size_t s = 0; s < spans; ++s)
      peaks_k_[s] *= one[s];
  } else {
    for (size_t s = 0; s < spans; ++s)
      peaks_k_[s] *= fading(passed, half_lives_h[s]);
  }
  float days = passed / slots_a_day;
  // What is added grows instead of the record shrinking.
  watched_ += days * worth_ / base_worth;
  worth_ *= passed == 1 ? 1.00012034f : std::exp2(days / record_half_life_days);
  if (worth_ >= 2 * base_worth) {
    worth_ /= 2;
    watched_ /= 2;
    for (auto& row : above_)
      for (auto& count : row)
        count = uint16_t(count / 2);
  }
  low_k_ = low_k_ > 0 ? std::min(low_k_, live_k_) : live_k_;
  if (next_slot / 288 != slot_ / 288)
    close_day();
  bool asked =
    kill_price_ > 0 && (next_slot / choose_every != slot_ / choose_every || watched_ < 0.25f);
  slot_ = next_slot;
  live_k_ = 0;
  if (asked)
    best_ = choose(goal());
}

void memory_model::close_day() {
  bool rose =
    last_low_k_ > 0 && low_k_ > last_low_k_ * rise_step && day_k_ > yesterday_k_ * rise_step;
  if (!rose)
    rising_ = 0;
  else if (rising_++ == 0)
    rise_k_ = yesterday_k_;
  rising_ = std::min<uint8_t>(rising_, 250);
  yesterday_k_ = day_k_;
  last_low_k_ = low_k_;
  day_k_ = low_k_ = 0;
}

void memory_model::add(uint32_t at_s, double bytes) {
  if (!(bytes >= 0) || bytes > 1e15)
    return;
  auto value = float(bytes / kib);
  uint32_t slot = at_s / 300;
  if (slot > slot_) {
    if (slot_ == 0)
      slot_ = slot;
    else
      close_slot(slot);
  }
  live_k_ = std::max(live_k_, value);
  day_k_ = std::max(day_k_, value);
}

double memory_model::rate(size_t span, size_t margin) const {
  float age = watched_ * base_worth / worth_;
  float seen = float(above_[span][margin]) / worth_;
  float prior = prior_rate[margin] * prior_span[span] * (1 + young_days / std::max(age, 0.05f));
  return (seen + prior_days * prior) / (age + prior_days);
}

uint8_t memory_model::choose(const memory_question& question) const {
  float size = std::max({peaks_k_[spans - 1], live_k_, smallest_k});
  // A larger container loses more by a kill: as the root of its size.
  float price = question.kill_price * float(gib_k) * std::sqrt(size / float(gib_k));
  // The terms of rate(), with what all pairs share taken out.
  float age = watched_ * base_worth / worth_;
  float weight = 1 / (age + prior_days), seen = weight / worth_;
  float prior = weight * prior_days * (1 + young_days / std::max(age, 0.05f));
  auto bytes = [&](size_t s, size_t m) {
    return std::max(peaks_k_[s], live_k_) * (1 + fading_cost * half_lives_h[0] / half_lives_h[s]) *
           (1 + std::max(margin_steps[m], question.least_margin));
  };
  // The fewer kills, the more the next one costs: kills ^ 0.75.
  auto danger = [&](size_t s, size_t m) {
    float kills = prior * prior_span[s] * prior_rate[m] + seen * float(above_[s][m]);
    return price * std::sqrt(kills * std::sqrt(kills));
  };
  uint8_t best = best_;
  float least =
    0.99f * (bytes(best_ / margins, best_ % margins) +  // a change must be worth something
             danger(best_ / margins, best_ % margins));
  for (size_t s = 0; s < spans; ++s)
    for (size_t m = 0; m < margins; ++m) {
      float held = bytes(s, m);
      if (held >= least)
        break;  // so is every larger margin
      if (float cost = held + danger(s, m); cost < least) {
        least = cost;
        best = uint8_t(s * margins + m);
      }
    }
  return best;
}

void memory_model::aim(const memory_question& question) {
  if (goal() == question)
    return;
  kill_price_ = question.kill_price;
  least_margin_ = question.least_margin;
  oom_healing_ = question.oom_healing;
  best_ = choose(question);
}

memory_answer memory_model::estimate(const memory_question& question, uint32_t now_s) const {
  memory_answer out;
  out.live = live();
  if (peak() <= 0 && kill_s_ == 0)
    return out;
  // Killed before it was ever measured: what follows from the kill is all that there is.
  size_t choice = question == goal() ? best_ : choose(question);
  size_t span = choice / margins, margin = choice % margins;
  out.half_life_h = half_lives_h[span];
  out.peak = double(std::max(peaks_k_[span], live_k_)) * kib;
  out.margin = std::max(margin_steps[margin], question.least_margin);
  out.kills_a_day = rate(span, margin);
  out.value = out.peak * (1 + out.margin);
  out.growth_a_day = yesterday_k_ > 0 ? std::max(0.0f, day_k_ - yesterday_k_) * kib : 0;
  out.unheld = out.value;
  // The whole rise, the running day too: a restart since midnight has ended it.
  if (rising_ >= leak_days && (low_k_ == 0 || low_k_ > last_low_k_))
    out.leak_cap = std::max(rise_k_ * leak_factor, rise_k_ + 4 * least_bump_k) * kib;
  auto capped = [&] {
    out.unheld = out.value;
    if (out.leak_cap > 0)
      out.value = std::min(out.value, out.leak_cap);
    return out;
  };
  if (!question.oom_healing || kill_s_ == 0)
    return capped();
  uint32_t since = now_s > kill_s_ ? now_s - kill_s_ : 0;
  out.oom_limit = limit_k_ * kib;
  double floor = floor_k_ * kib;
  if (since > floor_holds_s && peak() > 0)
    floor *= std::exp2(-double(since - floor_holds_s) / floor_half_life_s);
  if (floor > out.value) {
    out.oom_floor = floor;
    out.value = floor;
  }
  out.urgent = since < 3600;
  if (kills_ >= leak_kills && since < (leaking_ ? slow_row_s : row_s)) {
    double cap = std::max(ladder_k_ * leak_factor, ladder_k_ + 4 * least_bump_k) * kib;
    if (out.value > cap) {
      out.leak_cap = out.leak_cap > 0 ? std::min(out.leak_cap, cap) : cap;
      out.leak_killed = true;
    }
  }
  return capped();
}

void memory_model::add_kill(const oom_event& kill) {
  auto at = seconds_of(kill.at);
  double base = double(std::max({kill.memory_request, kill.memory_peak, int64_t(live_k_ * kib)}));
  if (kill.memory_limit > 0 && kill.cause == kill_cause::container_limit)
    base = double(kill.memory_limit);
  if (base <= 0)
    return;
  limit_k_ = float(base / kib);
  bool row = kill_s_ != 0 && at < kill_s_ + (leaking_ ? slow_row_s : row_s);
  bool quick = kill_s_ != 0 && at < kill_s_ + 3600;
  // Another replica, which has leaked as long, tells nothing new of the one that was restarted.
  bool sibling = kill.started != instant{} && seconds_of(kill.started) <= kill_s_;
  if (leaking_ && kill_s_ != 0 && at < kill_s_ + row_s && !sibling) {
    // Killed again soon after a restart: this is what it needs, not what it leaks.
    leaking_ = false;
    rising_ = 0;
    kills_ = 1;
    ladder_k_ = limit_k_;
  } else if (rising_ >= leak_days && !(row && leaking_)) {
    // What rose for days was a leak: it is held to the cap from now on.
    leaking_ = true;
    kills_ = leak_kills;
    ladder_k_ = rise_k_;
  } else if (row) {
    ++kills_;
  } else {
    leaking_ = false;
    kills_ = 1;
    ladder_k_ = limit_k_;
  }
  kill_s_ = std::max(kill_s_, at);
  float raised = std::max(limit_k_ * (quick ? 1.5f : 1.2f), limit_k_ + least_bump_k);
  floor_k_ = quick ? std::max(floor_k_, raised) : raised;
}

bool memory_model::sane() const {
  auto fits = [](float value) { return value >= 0 && value <= 1e15f; };
  return best_ < spans * margins && worth_ >= 1 && worth_ <= 1e6f && fits(live_k_) &&
         fits(day_k_) && fits(yesterday_k_) && fits(floor_k_) && fits(limit_k_) &&
         fits(ladder_k_) && fits(watched_) && fits(kill_price_) && fits(least_margin_) &&
         fits(low_k_) && fits(last_low_k_) && fits(rise_k_) &&
         std::all_of(peaks_k_.begin(), peaks_k_.end(), fits);
}

void memory_model::weaken() {
  for (auto& peak : peaks_k_)
    peak = std::min(peak, peaks_k_[0]);
  for (auto& row : above_)
    for (auto& count : row)
      count = uint16_t(count / 4);
  watched_ /= 4;
  rising_ = 0;
}

void memory_model::merge(const memory_model& other) {
  if (other.slot_ == 0 && other.kill_s_ == 0)
    return;
  memory_model out = slot_ >= other.slot_ ? *this : other;
  const memory_model& rest = slot_ >= other.slot_ ? other : *this;
  if (rest.slot_ != 0) {
    auto age = float(std::min(out.slot_ - rest.slot_, longest_gap));
    bool same = out.slot_ == rest.slot_;
    for (size_t s = 0; s < spans; ++s) {
      // The older one's running slot is over by the newer one's clock.
      float peak = same ? rest.peaks_k_[s] : std::max(rest.peaks_k_[s], rest.live_k_);
      out.peaks_k_[s] = std::max(out.peaks_k_[s], peak * fading(age, half_lives_h[s]));
    }
    if (same)
      out.live_k_ = std::max(out.live_k_, rest.live_k_);
    if (out.slot_ / 288 == rest.slot_ / 288) {
      out.day_k_ = std::max(out.day_k_, rest.day_k_);
      out.yesterday_k_ = std::max(out.yesterday_k_, rest.yesterday_k_);
      out.low_k_ = std::max(out.low_k_, rest.low_k_);
      out.last_low_k_ = std::max(out.last_low_k_, rest.last_low_k_);
      out.rise_k_ = std::max(out.rise_k_, rest.rise_k_);
      out.rising_ = std::max(out.rising_, rest.rising_);
    }
    // The older record has aged by the newer one's clock; one workload's time is watched once.
    float aged = out.worth_ / rest.worth_ *
                 std::exp2(-float(out.slot_ - rest.slot_) / slots_a_day / record_half_life_days);
    for (size_t s = 0; s < spans; ++s)
      for (size_t m = 0; m < margins; ++m)
        out.above_[s][m] = uint16_t(
          std::min(65535.0f, float(out.above_[s][m]) + float(rest.above_[s][m]) * aged + 0.5f));
    out.watched_ += rest.watched_ * aged;
  }
  const memory_model& killed = kill_s_ >= other.kill_s_ ? *this : other;
  out.kill_s_ = killed.kill_s_;
  out.floor_k_ = std::max(floor_k_, other.floor_k_);
  out.limit_k_ = kill_s_ == other.kill_s_ ? std::max(limit_k_, other.limit_k_) : killed.limit_k_;
  out.ladder_k_ = std::max(ladder_k_, other.ladder_k_);
  out.kills_ = std::max(kills_, other.kills_);
  out.leaking_ = leaking_ || other.leaking_;
  if (out.kill_price_ > 0)
    out.best_ = out.choose(out.goal());
  *this = out;
}

double memory_model::record_days() const {
  return double(watched_) * base_worth / worth_ + prior_days;
}

double memory_model::overruns_a_day(double bytes, const memory_question& question) const {
  auto now = estimate(question, kill_s_);
  if (now.peak <= 0)
    return 0;
  size_t span = 0;
  while (span + 1 < spans && half_lives_h[span] < now.half_life_h)
    ++span;
  auto margin = float(bytes / now.peak - 1);
  if (margin <= margin_steps[0])
    return rate(span, 0);
  if (margin >= margin_steps[margins - 1])
    return rate(span, margins - 1);
  size_t m = 0;
  while (margin_steps[m + 1] < margin)
    ++m;
  // Rates fall about exponentially between two steps.
  double share = (margin - margin_steps[m]) / (margin_steps[m + 1] - margin_steps[m]);
  double low = std::max(rate(span, m), 1e-9), high = std::max(rate(span, m + 1), 1e-9);
  return low * std::pow(high / low, share);
}

}  // namespace scaleops
