// What is learned of a container's CPU usage, and what request follows from it.
//
// Four cheap experts each predict the level of the next minutes: the slow distribution's P90, the
// highest 5-minute mean of the last hour, a blend of the two, and the same hours of the last days;
// a fifth, the peak of 24 h, stands in where changes cost restarts. For each expert a small fading
// histogram of usage / prediction says how wrong it is, so any quantile of usage is prediction ×
// that histogram's quantile: a margin that is learned per container instead of being the same 15 %
// for all. Of the experts, the one whose margin-corrected prediction would have cost least (pinball
// loss at one fixed quantile) is followed. docs/recommender.md has the figures.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "actors/recommender/logic/decaying_counts.hpp"

namespace scaleops {

/// What a request is asked to be.
struct cpu_question {
  float quantile = 0.88f;  // share of the time in which usage shall fit, before headroom
  bool follow = true;      // changes cost nothing: follow the load; else hold the day's level
  bool season = true;      // may follow the curve of the last days
  bool operator==(const cpu_question&) const = default;
};

enum class cpu_expert : uint8_t { slow, last_hour, blend, season, last_day };

/// Millicores.
struct cpu_answer {
  float value = 0;       // prediction × learned margin
  float prediction = 0;  // of the followed expert
  float margin = 1;      // learned factor
  cpu_expert expert = cpu_expert::slow;
};

class cpu_model {
public:
  /// Takes a sample in millicores at Unix seconds. Older than the current slot: counted into it.
  void add(uint32_t at_s, float millicores);
  /// Keeps the margins for this question up to date while samples come: asking it is then cheap.
  void aim(const cpu_question& question);
  void merge(const cpu_model& other);
  /// New template: experts' records count for a quarter, levels restart from fresh samples.
  void weaken();

  cpu_answer estimate(const cpu_question& question) const;
  /// Quantile of all usage with its decay (half-life 24 covered hours, by restart 72); 0 when
  /// nothing was seen.
  float quantile(float q) const;
  /// Several at once, which costs little more than one. `out` is as long as `levels`.
  void quantiles(std::span<const float> levels, std::span<float> out) const;
  /// Highest 5-minute mean in the last `hours` hours (up to 168).
  float peak(int hours) const;
  /// Mean of the running 5 minutes.
  float live() const { return slot_count_ > 0 ? slot_sum_ / float(slot_count_) : 0; }
  /// Highest 5-minute mean by hour of the week, hour 0 = Monday 00:00 UTC; 0: not seen in the last
  /// week.
  std::array<float, 168> by_hour() const;
  uint32_t slots() const { return slots_; }
  /// Chance that usage is above `millicores` by the followed expert's record, and by how much on
  /// average.
  struct overrun {
    float share = 0;   // of the time
    float volume = 0;  // mean millicores above, over all time
  };
  overrun expected_overrun(float millicores, const cpu_question& question) const;

  /// Highest sample ever, halved every 8 weeks.
  float highest() const { return highest_; }
  /// Whether bytes from outside can be such a model.
  bool sane() const;
  bool operator==(const cpu_model&) const = default;
  cpu_model() = default;
  /// What checkpoints of older versions hold (old_checkpoints.hpp); version 3 holds `visit`.
  struct layout_v1;
  explicit cpu_model(const layout_v1& old);
  struct layout_v2;
  explicit cpu_model(const layout_v2& old);
  template <class Visitor>
  void visit(Visitor&& v) {
    v(usage_.counts, errors_[0].counts, errors_[1].counts, errors_[2].counts, errors_[3].counts,
      hours_, recent_, prediction_, average_, margin_, pending_, highest_, usage_weight_,
      error_weight_, slot_sum_, usage_carry_, error_carry_, quantile_, slot_, slot_count_,
      slot_last_, slots_, hour_peak_, best_, waiting_, follow_, season_);
  }
  template <class Visitor>
  void visit(Visitor&& v) const {
    const_cast<cpu_model*>(this)->visit([&](auto&... fields) { v(std::as_const(fields)...); });
  }

private:
  /// What is kept of an expert. Only one of last_hour and last_day is ever asked for, by what a
  /// change costs: they share a place.
  enum place : size_t { slow, near, blend, season, places };
  static constexpr int usage_buckets = 128;  // 8 an octave from 4 millicores to 262 cores
  static constexpr int error_buckets = 40;   // 8 an octave from 1/4 to 4, then 1 to 1024
  static constexpr size_t buffered = 20;     // a scrape every 15 s: five minutes of one pod
  using levels = std::array<float, places>;
  using usage_counts = recommender_logic::decaying_counts<usage_buckets>;

  struct plan {
    float margin = 0;
    uint8_t best = 0;  // place
  };
  plan make_plan(const cpu_question& question) const;
  cpu_question goal() const { return {quantile_, follow_, season_}; }
  void settle();
  template <class Share, class Sample>
  void each_waiting(Share share, Sample sample) const;
  usage_counts settled_usage() const;
  float quantile_of(const usage_counts& usage, float q) const;
  void close_slot(uint32_t next_slot);
  void predict(levels& out, float open_level, uint32_t oldest) const;
  float season_of(uint32_t hour) const;
  bool allowed(size_t at, const cpu_question& question) const;

  // What every sample touches stands first, beside what container_state keeps before: two cache
  // lines at most.
  uint32_t slot_ = 0;                        // running 5-minute slot since 1970
  uint32_t slot_count_ = 0, slot_last_ = 1;  // samples in it and in the one before
  float slot_sum_ = 0;
  float highest_ = 0;    // of all samples, halved every 8 weeks: caps what margins can invent
  uint8_t waiting_ = 0;  // samples that the histograms have not taken yet
  uint8_t best_ = 0;     // place that is followed, for the goal
  bool follow_ = true, season_ = true;           // the goal
  std::array<uint16_t, buffered> pending_{};     // they, coded: histograms are touched once for all
  float quantile_ = 0;                           // the goal; 0: none
  float margin_ = 0;                             // of best_, for the goal
  float usage_weight_ = 64, error_weight_ = 16;  // what a slot is worth now
  float usage_carry_ = 0, error_carry_ = 0;      // fractions of a count not yet given
  levels prediction_{};                          // made before the running slot, 0: none
  levels average_{};                             // moving average of each one's predictions
  float hour_peak_ = 0;                          // of the running hour
  uint32_t slots_ = 0;                           // closed so far
  std::array<uint16_t, 12> recent_{};            // means of the last hour's slots
  std::array<uint8_t, 168>
    hours_{};  // highest 5-minute mean of each hour of the week, log code; 0: none
  usage_counts usage_;
  std::array<recommender_logic::decaying_counts<error_buckets>, places> errors_;
};

}  // namespace scaleops
