// Time series in rings: fine for the last hours, coarse for weeks, a fixed number of bytes whatever
// happens.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "messages/time.hpp"

namespace scaleops::dashboards::logic {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// How the samples of one bucket become one point.
enum class fold : uint8_t { mean, peak };

struct history_level {
  milliseconds period;  // of one bucket
  size_t capacity;      // buckets kept
};

/// Stores as they are.
struct plain_codec {
  using stored = float;
  static stored encode(double value) { return float(value); }
  static double decode(stored value) { return double(value); }
  static constexpr stored none() { return std::numeric_limits<float>::quiet_NaN(); }
};

/// Two bytes on a logarithmic scale: values from 0 to 2^50, error below 0.1 %.
struct compact_codec {
  using stored = uint16_t;
  static constexpr double steps_per_octave = 1300;
  static stored encode(double value) {
    if (std::isnan(value))
      return none();
    double code = std::log2(1 + std::max(value, 0.0)) * steps_per_octave;
    return static_cast<stored>(std::min(std::round(code), double(none() - 1)));
  }
  static double decode(stored code) {
    return code == none() ? missing : std::exp2(double(code) / steps_per_octave) - 1;
  }
  static constexpr stored none() { return std::numeric_limits<stored>::max(); }
};

template <size_t Channels>
struct history_points {
  milliseconds period{};
  std::vector<instant> at;                           // each bucket's end
  std::array<std::vector<double>, Channels> values;  // `missing` where nothing was measured
};

template <size_t Channels, class Codec = plain_codec>
class history {
public:
  using row = std::array<double, Channels>;

  history(std::vector<history_level> levels, std::array<fold, Channels> folds) : folds_(folds) {
    levels_.reserve(levels.size());
    for (auto& spec : levels) {
      levels_.push_back({spec, {}, 0, 0, {}, {}, {}});
      levels_.back().ring.reserve(spec.capacity);  // growing by doubling would leave a third unused
    }
  }

  /// Samples older than the open bucket are dropped: rings only move forward.
  void add(instant at, const row& values) {
    for (auto& each : levels_)
      add(each, at, values);
  }

  /// The points of (from, to], from the finest level that reaches back far enough (else the
  /// coarsest), merged to at most `most` points.
  history_points<Channels> read(instant from, instant to, size_t most) const {
    const level* best = nullptr;
    for (auto& each : levels_) {
      best = &each;
      if (from >= to - each.spec.period * int64_t(each.spec.capacity))
        break;
    }
    history_points<Channels> out;
    if (!best || most == 0 || to <= from)
      return out;
    auto buckets = (to - from) / best->spec.period + 1;
    auto merge = std::max<int64_t>(1, (buckets + int64_t(most) - 1) / int64_t(most));
    out.period = best->spec.period * merge;
    read(*best, from, to, merge, out);
    return out;
  }

  size_t bytes() const {
    size_t sum = 0;
    for (auto& each : levels_)
      sum += each.ring.capacity() * sizeof(typename level::slot);
    return sum;
  }

private:
  struct level {
    using slot = std::array<typename Codec::stored, Channels>;
    history_level spec;
    std::vector<slot> ring;  // fills up to its capacity, then turns
    size_t oldest = 0;
    int64_t open = 0;  // bucket number being filled; 0: none yet
    row sum;
    row peak;
    std::array<uint32_t, Channels> count;
  };

  static int64_t bucket_of(instant at, milliseconds period) {
    return at.time_since_epoch() / period;
  }

  void add(level& l, instant at, const row& values) {
    auto bucket = bucket_of(at, l.spec.period);
    if (l.open == 0)
      reset(l, bucket);
    if (bucket < l.open)
      return;
    if (bucket > l.open) {
      push(l, close(l));
      typename level::slot empty;
      empty.fill(Codec::none());
      auto gap = std::min<int64_t>(bucket - l.open - 1, int64_t(l.spec.capacity));
      for (int64_t i = 0; i < gap; ++i)
        push(l, empty);
      reset(l, bucket);
    }
    for (size_t c = 0; c < Channels; ++c) {
      if (std::isnan(values[c]))
        continue;
      l.sum[c] += values[c];
      l.peak[c] = l.count[c] == 0 ? values[c] : std::max(l.peak[c], values[c]);
      ++l.count[c];
    }
  }

  void reset(level& l, int64_t bucket) {
    l.open = bucket;
    l.sum.fill(0);
    l.peak.fill(0);
    l.count.fill(0);
  }

  typename level::slot close(const level& l) const {
    typename level::slot out;
    for (size_t c = 0; c < Channels; ++c) {
      if (l.count[c] == 0)
        out[c] = Codec::none();
      else
        out[c] = Codec::encode(folds_[c] == fold::mean ? l.sum[c] / l.count[c] : l.peak[c]);
    }
    return out;
  }

  static void push(level& l, const typename level::slot& what) {
    if (l.ring.size() < l.spec.capacity) {
      l.ring.push_back(what);
      return;
    }
    l.ring[l.oldest] = what;
    l.oldest = (l.oldest + 1) % l.ring.size();
  }

  void read(const level& l, instant from, instant to, int64_t merge,
            history_points<Channels>& out) const {
    if (l.open == 0)
      return;
    auto first = l.open - int64_t(l.ring.size());
    auto begin = std::max(first, bucket_of(from, l.spec.period));
    auto end = std::min(l.open, bucket_of(to, l.spec.period));
    auto current = close(l);
    // Groups begin at multiples of `merge`, so that a chart does not shimmer as it moves on.
    for (auto group = begin - begin % merge; group <= end; group += merge) {
      row sum{}, peak{};
      std::array<uint32_t, Channels> count{};
      for (auto bucket = std::max(group, begin); bucket < group + merge && bucket <= end;
           ++bucket) {
        auto& slot =
          bucket == l.open ? current : l.ring[(l.oldest + size_t(bucket - first)) % l.ring.size()];
        for (size_t c = 0; c < Channels; ++c) {
          auto value = Codec::decode(slot[c]);
          if (std::isnan(value))
            continue;
          sum[c] += value;
          peak[c] = count[c] == 0 ? value : std::max(peak[c], value);
          ++count[c];
        }
      }
      out.at.push_back(instant{l.spec.period * std::min(group + merge, end + 1)});
      for (size_t c = 0; c < Channels; ++c)
        out.values[c].push_back(count[c] == 0             ? missing
                                : folds_[c] == fold::mean ? sum[c] / count[c]
                                                          : peak[c]);
    }
  }

  std::vector<level> levels_;
  std::array<fold, Channels> folds_;
};

}  // namespace scaleops::dashboards::logic
