// What is learned of a container's memory: fading maxima, how often they were exceeded and by how
// much, and what kills taught. Bytes in, bytes out.
//
// Memory is sized by its peaks. A fading maximum forgets a peak by its half-life: a short one
// follows, a long one remembers. Four of them stand side by side, and for each a record of how
// often a 5-minute peak went above it, by twelve sizes of margin. From that record and a prior that
// was measured over recorded usage follows, for every pair of half-life and margin, the rate of OOM
// kills that it would have had. The request is the pair that costs least: bytes held, plus (kills
// a day)^0.75 at the price that the policy sets. So a container whose peaks repeat holds them with
// a small margin, one that leaps gets more, and a short history falls back to the prior. (Rzadca et
// al., Autopilot, EuroSys 2020, section 3.2.3, chooses among such models by their historical cost;
// docs/recommender.md has the figures.)
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "messages/cluster.hpp"

namespace scaleops {

struct memory_question {
  float kill_price = 1;        // what one OOM kill a day of a container of 1 GiB is worth, in GiB
  float least_margin = 0.05f;  // on top of the peak, however calm the container is
  bool oom_healing = true;
  bool operator==(const memory_question&) const = default;
};

/// Bytes; 0: did not matter.
struct memory_answer {
  double value = 0;
  double peak = 0;           // the fading maximum that is followed
  double margin = 0;         // share on top of it
  double half_life_h = 0;    // of that maximum, hours with usage
  double kills_a_day = 0;    // expected at this size
  double oom_floor = 0;      // raised by kills, while it holds
  double oom_limit = 0;      // limit at the last kill
  double live = 0;           // highest of the running 5 minutes
  double leak_cap = 0;       // a leak is suspected: growth stops here
  double unheld = 0;         // what `value` would be without leak_cap
  bool leak_killed = false;  // and kills have confirmed it
  double growth_a_day = 0;   // bytes, of the daily peak
  bool urgent = false;       // a kill in the last hour
};

class memory_model {
public:
  /// Working set of one pod, at Unix seconds. The highest over pods counts.
  void add(uint32_t at_s, double bytes);
  void add_kill(const oom_event& kill);
  /// Keeps the choice for this question up to date while samples come: asking it is then cheap.
  void aim(const memory_question& question);
  void merge(const memory_model& other);
  /// New template: long memories fall to the short one, records count for a quarter.
  void weaken();

  memory_answer estimate(const memory_question& question, uint32_t now_s) const;
  /// Fading maximum with a half-life of one day, at least the live value.
  double peak() const { return double(std::max(peaks_k_[0], live_k_)) * 1024; }
  double live() const { return double(live_k_) * 1024; }
  bool empty() const { return slot_ == 0; }
  uint32_t last_kill() const { return kill_s_; }
  uint32_t kills() const { return kills_; }
  /// Days with usage that the records cover, with their decay.
  double watched_days() const { return watched_; }
  /// Days that back the rate of overruns: what was watched, with its decay, and what the prior
  /// weighs.
  double record_days() const;
  /// Expected number of times a day that usage goes above `bytes`, if `bytes` follows the chosen
  /// maximum.
  double overruns_a_day(double bytes, const memory_question& question) const;

  /// Whether bytes from outside can be such a model: no choice out of range, no number below zero
  /// or beyond all measure.
  bool sane() const;
  memory_model() = default;
  /// What checkpoints of version 1 hold (old_checkpoints.hpp); later ones hold `visit`.
  struct layout_v1;
  explicit memory_model(const layout_v1& old);
  bool operator==(const memory_model&) const = default;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(above_, peaks_k_, live_k_, day_k_, yesterday_k_, low_k_, last_low_k_, rise_k_, floor_k_,
      limit_k_, ladder_k_, watched_, worth_, kill_price_, least_margin_, slot_, kill_s_, kills_,
      rising_, best_, oom_healing_, leaking_);
  }
  template <class Visitor>
  void visit(Visitor&& v) const {
    const_cast<memory_model*>(this)->visit([&](auto&... fields) { v(std::as_const(fields)...); });
  }

private:
  static constexpr size_t spans = 4, margins = 12;

  memory_question goal() const { return {kill_price_, least_margin_, oom_healing_}; }
  void close_slot(uint32_t next_slot);
  void close_day();
  uint8_t choose(const memory_question& question) const;
  double rate(size_t span, size_t margin) const;

  /// Times that a slot's peak went above maximum × (1 + margin), in units of 1 / worth_.
  std::array<std::array<uint16_t, margins>, spans> above_{};
  std::array<float, spans> peaks_k_{};  // fading maxima before the running slot
  float yesterday_k_ = 0, last_low_k_ = 0;
  float rise_k_ = 0;        // highest of the day before the rise
  float floor_k_ = 0;       // after kills
  float limit_k_ = 0;       // at the last kill
  float ladder_k_ = 0;      // at the first kill of the row
  float watched_ = 0;       // days that `above_` covers, decayed like it
  float worth_ = 16;        // what one exceedance adds now; grows instead of decay
  float kill_price_ = 0;    // the goal; 0: none
  float least_margin_ = 0;  // the goal
  uint32_t kill_s_ = 0;
  uint32_t kills_ = 0;  // in a row, at most a day apart
  float low_k_ = 0;     // lowest slot of the running UTC day, 0: none closed yet
  uint8_t rising_ = 0;  // days on end that were above the day before, at the lowest and highest
  uint8_t best_ = 0;    // span × margins + margin, for the goal
  bool oom_healing_ = true;  // the goal
  bool leaking_ = false;     // the row of kills ends slow rises
  // What every sample touches stands last, beside what follows in container_state.
  uint32_t slot_ = 0;  // running 5-minute slot since 1970
  float live_k_ = 0;   // highest of the running slot, KiB like all that ends in _k_
  float day_k_ = 0;    // highest of the running UTC day
};

}  // namespace scaleops
