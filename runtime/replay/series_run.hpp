// One series on its way through a replay: rows in, its decisions as text and its score out. Used by
// one thread at a time.
#pragma once

#include <optional>
#include <string>

#include <fmt/format.h>

#include "runtime/replay/replay.hpp"
#include "runtime/replay/series_replay.hpp"

namespace scaleops {

/// A sample without its series' name.
struct replay_row {
  int64_t at_s = 0;
  std::optional<double> cpu_cores, memory_bytes;
};

class series_run {
public:
  /// From the start, or from what a checkpoint knows. `plan` must outlive this.
  series_run(const replay_plan& plan, std::string name, int64_t first_s,
             std::optional<replayed_series> known);

  void take(const replay_row& row);

  const std::string& name() const { return name_; }
  std::string_view decisions() const { return {text_.data(), text_.size()}; }
  /// Adds the score to the summary of all.
  void add_to(replay_summary& out) const;
  replayed_series known() const;

private:
  void write(int64_t at_s);

  const bool tell_;
  std::string name_;
  series_replay engine_;
  series_scorer cpu_, memory_;
  fmt::memory_buffer text_;
  int64_t last_s_ = 0, known_until_ = 0;
  uint64_t skipped_ = 0, decisions_ = 0;
};

}  // namespace scaleops
