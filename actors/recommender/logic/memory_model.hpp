// What is learned of a container's memory: peaks, and what kills taught. Bytes in, bytes out.
#pragma once

#include <array>
#include <cstdint>

#include "messages/cluster.hpp"

namespace scaleops {

struct memory_question {
  float quantile = 0.98f;
  float window_h = 168;
  bool oom_healing = true;
  bool follow = true;
};

/// Bytes; 0: did not matter.
struct memory_answer {
  double value = 0;
  double peak = 0;       // in the window
  double margin = 0;     // share added
  double oom_floor = 0;  // raised by kills
  double oom_limit = 0;  // limit at the last kill
  double live = 0;       // now
  double leak_per_day = 0;
  bool leak = false;  // floor stopped at the cap
  bool urgent = false;
};

class memory_model {
public:
  void add(uint32_t at_s, double bytes);
  void add_kill(const oom_event& kill);
  void merge(const memory_model& other);
  void weaken(uint32_t at_s);

  memory_answer estimate(const memory_question& question, uint32_t now_s) const;
  double peak(int hours) const;

  bool operator==(const memory_model&) const = default;
  template <class Visitor>
  void visit(Visitor&& v) {
    v(ring_, hour_, now_peak_k_, live_k_, floor_k_, limit_k_, kill_s_, kills_);
  }
  template <class Visitor>
  void visit(Visitor&& v) const {
    v(ring_, hour_, now_peak_k_, live_k_, floor_k_, limit_k_, kill_s_, kills_);
  }

private:
  void roll(uint32_t hour);
  std::array<uint16_t, 168> ring_{};  // highest of each hour over all pods, KiB codes
  uint32_t hour_ = 0;
  float now_peak_k_ = 0;  // KiB
  float live_k_ = 0;      // highest of the current 5 minutes
  float floor_k_ = 0;     // after kills
  float limit_k_ = 0;     // at the last kill
  uint32_t kill_s_ = 0;
  uint32_t kills_ = 0;  // in a row
};

}  // namespace scaleops
