// The last things that the updater did or refused, numbered without gaps.
#pragma once

#include <cstdint>
#include <deque>

#include "messages/updater.hpp"

namespace scaleops {

class record_ring {
public:
  explicit record_ring(size_t most) : most_{most} {}

  void add(update_record record) {
    records_.push_back(std::move(record));
    ++last_;
    while (records_.size() > most_)
      records_.pop_front();
  }

  /// Records with numbers above `number`, as far as they are remembered.
  update_log after(uint64_t number) const {
    update_log log{last_, {}};
    uint64_t first = last_ - records_.size() + 1;
    uint64_t skip = number < first ? 0 : number - first + 1;
    for (uint64_t i = skip; i < records_.size(); ++i)
      log.records.push_back(records_[i]);
    return log;
  }

private:
  std::deque<update_record> records_;
  size_t most_;
  uint64_t last_ = 0;
};

}  // namespace scaleops
