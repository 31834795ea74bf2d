// Who holds the memory: every block that operator new gives is charged to the part of the program
// that was running then, and credited to the same part when it is freed, whoever frees it. Only in
// this executable.
#pragma once

#include <cstdint>

namespace scaleops::bench {

/// The part that new blocks are charged to; the run loop keeps it up to date. Below 128.
extern uint8_t running_part;

struct held_memory {
  int64_t bytes = 0;   // as malloc hands out: rounded up, with its header
  int64_t blocks = 0;  // not freed yet
};
held_memory held_by(uint8_t part);

/// Blocks ever taken by a part.
uint64_t taken_by(uint8_t part);

/// From now on a block counts for another part: its first owner has given it away for good.
void hand_over(const void* block, uint8_t to);

/// Resident memory of this process, bytes.
int64_t resident_bytes();

}  // namespace scaleops::bench
