// What is learned of a container's memory: two fading maxima, and what kills taught. Bytes in,
// bytes out.
//
// Memory is sized by its peaks. A plain window forgets a peak at once when it leaves; a fading
// maximum forgets large peaks slowly and small ones fast. The short one (half-life one day)
// follows; the long one (four days) may lift it by a quarter at most, so that modest peaks are
// remembered longer. Time counts only while the container runs, a gap as six hours at most. The
// margin grows as the container gets smaller: what an OOM kill costs does not depend on the
// container's size, what headroom costs does, so margin ~ size^-0.6 spends memory where it saves
// most kills.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "messages/cluster.hpp"

namespace scaleops {

struct memory_question {
  double margin = 0.20;  // share on top of the peak for a container of 1 GiB
  bool oom_healing = true;
  bool operator==(const memory_question&) const = default;
};

/// Bytes; 0: did not matter.
struct memory_answer {
  double value = 0;
  double peak = 0;          // the fading maximum
  double margin = 0;        // share added for this container's size
  double oom_floor = 0;     // raised by kills, while it holds
  double oom_limit = 0;     // limit at the last kill
  double live = 0;          // highest of the running 5 minutes
  double leak_cap = 0;      // kills went on up to here: growth stops
  double growth_a_day = 0;  // bytes, of the daily peak
  bool urgent = false;      // a kill in the last hour
};

class memory_model {
public:
  /// Working set of one pod, at Unix seconds. The highest over pods counts.
  void add(uint32_t at_s, double bytes);
  void add_kill(const oom_event& kill);
  void merge(const memory_model& other);
  void weaken() { long_k_ = short_k_; }

  memory_answer estimate(const memory_question& question, uint32_t now_s) const;
  /// Highest working set of the last `hours` hours by the fading maximum, at least the live one.
  double peak() const;
  double live() const { return double(live_k_) * 1024; }
  bool empty() const { return slot_ == 0; }
  uint32_t last_kill() const { return kill_s_; }
  uint32_t kills() const { return kills_; }
  /// Chance per day of needing more than `bytes`, from the record of how far samples went above the
  /// fading maximum.
  double overruns_a_day(double bytes) const;

  bool operator==(const memory_model&) const = default;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(above_, short_k_, long_k_, live_k_, day_k_, yesterday_k_, floor_k_, limit_k_, ladder_k_,
      watched_, slot_, kill_s_, kills_);
  }
  template <class Visitor>
  void visit(Visitor&& v) const {
    const_cast<memory_model*>(this)->visit([&](auto&... fields) { v(std::as_const(fields)...); });
  }

private:
  std::array<uint16_t, 12>
    above_{};  // new maxima by size: 1.02, 1.05, 1.1, 1.2, 1.35, 1.5, 1.75, 2, 2.5, 3, 5, 10 ×
  float short_k_ = 0, long_k_ = 0;     // fading maxima, KiB
  float live_k_ = 0;                   // highest of the running slot
  float day_k_ = 0, yesterday_k_ = 0;  // highest of the running and the last UTC day
  float floor_k_ = 0;                  // after kills
  float limit_k_ = 0;                  // at the last kill
  float ladder_k_ = 0;                 // at the first kill of the row
  float watched_ = 0;                  // days that `above_` covers
  uint32_t slot_ = 0;                  // running 5-minute slot since 1970
  uint32_t kill_s_ = 0;
  uint32_t kills_ = 0;  // in a row, at most a day apart
};

}  // namespace scaleops
