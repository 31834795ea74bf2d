// Who did what: append-only, newest kept.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "messages/cluster.hpp"

namespace scaleops::dashboards::logic {

struct audit_entry {
  uint64_t id = 0;
  instant at{};
  std::string who;
  std::string peer;    // remote address; empty: read back from an Event
  std::string action;  // "automate", "stop-automating", "exclude", "include", "policy", "pause",
                       // "resume", "sign-in", "sign-out"
  std::string target;  // "namespace/Kind/name"; empty: the whole platform
  std::string before;
  std::string after;
  std::string why;      // the person's own words
  std::string failure;  // empty: done
};

class audit_log {
public:
  explicit audit_log(size_t kept = 10'000) : kept_(kept) {}

  /// Gives the entry its number.
  const audit_entry& append(audit_entry entry) {
    entry.id = ++last_;
    entries_.push_back(std::move(entry));
    if (entries_.size() > kept_)
      entries_.pop_front();
    return entries_.back();
  }

  const std::deque<audit_entry>& entries() const { return entries_; }
  uint64_t last() const { return last_; }

private:
  size_t kept_;
  uint64_t last_ = 0;
  std::deque<audit_entry> entries_;
};

/// RFC 4180 with a head line; cells that a spreadsheet would run as a formula are disarmed by a
/// quote.
std::string audit_csv(const std::deque<audit_entry>& entries);

}  // namespace scaleops::dashboards::logic
