// The open watches: each is a cursor into the store's history, so a slow reader costs nothing, and
// one that falls behind the history is closed with `gone`, as by the real server.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "runtime/embedded/object_store.hpp"

namespace scaleops::embedded {

/// What is to be told to one watch now: a batch, or its end.
struct watch_delivery {
  uint64_t watch = 0;
  std::vector<watch_event> events;
  ec closed = ec::none;
};

class watch_hub {
public:
  watch_hub(const object_store& store, milliseconds bookmark_every)
      : store_(store), bookmark_every_(bookmark_every) {}

  /// `version` 0 means: first all that is there, as added, then what changes. ec::gone when too
  /// old.
  outcome<uint64_t> open(object_kind kind, uint64_t version, instant now);
  void ack(uint64_t watch);
  void close(uint64_t watch) { watches_.erase(watch); }

  /// Batches for all watches that have something new and nothing unacknowledged; bookmarks for idle
  /// ones.
  std::vector<watch_delivery> collect(instant now);

  /// Ends all watches (of a kind, if given), as a restarting API server does.
  void drop(std::optional<object_kind> kind, ec reason);

  /// All watches go back by so many changes, as far as they are remembered.
  void rewind(size_t changes);

  size_t size() const { return watches_.size(); }

private:
  static constexpr size_t batch_limit = 1000;

  struct watch {
    object_kind kind = object_kind::pod;
    uint64_t cursor = 0;  // index of the next change to tell
    bool unacknowledged = false;
    instant told{};                   // when something was last sent
    std::vector<object_ptr> initial;  // still to be told as added, last first
    ec dropped = ec::none;
  };

  /// Until then there is nothing to tell: the answer to nearly every question, without a look at
  /// the watches.
  struct quiet {
    uint64_t version = 0, forgotten = 0;  // of the store
    instant bookmark{};                   // the first that is due
  };

  const object_store& store_;
  milliseconds bookmark_every_;  // to idle watches
  uint64_t opened_ = 0;
  std::map<uint64_t, watch> watches_;
  std::optional<quiet> quiet_;
};

}  // namespace scaleops::embedded
