// Threads that play series side by side. What comes out does not depend on how many there are or
// how they are scheduled: a series is played by one of them from its first row to its last, and
// series are handed back in the order in which they began.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/replay/series_run.hpp"

namespace scaleops {

class replay_crew {
public:
  /// `finished` gets every series once, in order, on the caller's thread.
  replay_crew(unsigned threads, std::function<void(series_run&)> finished);
  /// Ends the threads; what was not taken back by `finish` is dropped.
  ~replay_crew();

  /// Begins a series; the one before gets no more rows. Waits where too much is under way, so that
  /// memory stays bounded however long the input is.
  void begin(std::unique_ptr<series_run> run);
  void take(const replay_row& row) {
    rows_.push_back(row);
    if (rows_.size() == rows_a_chunk)
      hand_over(false);
  }
  /// Until everything has been handed back.
  void finish();

private:
  static constexpr size_t rows_a_chunk = 1024;
  struct job {
    std::unique_ptr<series_run> run;
    bool done = false;  // by mutex_
  };
  struct chunk {
    std::shared_ptr<job> of;
    std::vector<replay_row> rows;
    bool last = false;
  };
  using lane = std::deque<chunk>;

  void hand_over(bool last);
  void hand_back(std::unique_lock<std::mutex>& lock);
  void work(lane& from);

  std::function<void(series_run&)> finished_;
  std::mutex mutex_;
  std::condition_variable news_;  // chunks to play, chunks played, or the end
  std::deque<lane> lanes_;
  size_t under_way_ = 0;                        // chunks handed over and not yet played
  std::vector<std::vector<replay_row>> spare_;  // memory of those that were
  bool ended_ = false;
  std::deque<std::shared_ptr<job>> order_;  // begun and not yet handed back
  std::vector<replay_row> rows_;            // of the last one, not yet handed over
  size_t lane_ = 0;                         // that plays the last one
  std::vector<std::thread> threads_;
};

}  // namespace scaleops
