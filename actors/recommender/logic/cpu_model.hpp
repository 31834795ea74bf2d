// What is learned of a container's CPU usage.
#pragma once

#include <array>
#include <cstdint>

namespace scaleops {

/// What an estimate is asked for.
struct cpu_question {
  float quantile = 0.95f;  // of usage, 0 to 1
  float window_h = 24;     // history that counts: half-life of the distribution
  bool follow = true;  // follow recent levels (changes cost nothing); else hold the window's level
  bool season = true;
};

/// Millicores. `why` fields feed reasons; 0: did not matter.
struct cpu_answer {
  float value = 0;
  float percentile = 0;   // the distribution's part
  float recent_peak = 0;  // what lifted it
  float season = 0;
  float burst = 0;
};

class cpu_model {
public:
  void add(uint32_t at_s, float millicores);
  void merge(const cpu_model& other);
  /// New template: old evidence weighs a quarter.
  void weaken();

  cpu_answer estimate(const cpu_question& question) const;
  /// Quantile of all usage with its decay; 0 when nothing was seen.
  float quantile(float q) const;
  /// Highest usage in the last `hours` hours (up to 168).
  float peak(int hours) const;
  /// Peak by hour of the week in millicores, hour 0 = Monday 00:00 UTC; 0: never seen.
  std::array<float, 168> by_hour() const;

  bool operator==(const cpu_model&) const = default;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(weights_, ring_, reference_h_, hour_, slot_, slot_count_, slot_last_, now_peak_);
  }
  template <class Visitor>
  void visit(Visitor&& v) const {
    v(weights_, ring_, reference_h_, hour_, slot_, slot_count_, slot_last_, now_peak_);
  }

private:
  static constexpr int buckets = 152;  // 8 an octave, to 2^19 millicores
  void roll(uint32_t hour);

  std::array<float, buckets> weights_{};
  std::array<uint16_t, 168> ring_{};  // peak of each hour of the last week, by hour of the week
  uint32_t reference_h_ = 0;          // hour at which a weight is worth 1
  uint32_t hour_ = 0;                 // current hour since 1970
  uint32_t slot_ = 0;                 // current 5-minute slot since 1970
  uint32_t slot_count_ = 0;           // samples in it
  uint32_t slot_last_ = 1;            // samples in the one before
  float now_peak_ = 0;                // of the current hour
};

}  // namespace scaleops
