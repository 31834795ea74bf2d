// What the dashboards know beside the cluster's objects: what was done, who did what, and how the
// platform is.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/dashboards/logic/audit.hpp"
#include "messages/objects.hpp"

namespace scaleops::dashboards::logic {

/// One thing that the updater did or refused to do.
struct action_entry {
  uint64_t seq = 0;
  instant at{};
  workload_ref workload;
  pod_ref pod;
  std::string action;  // "resize", "evict"
  bool done = false;
  std::string why;  // refusal's name; empty when done
  std::string detail;
  std::string container;
  container_resources before, after;
};

class action_log {
public:
  explicit action_log(size_t kept = 10'000) : kept_(kept) {}

  void append(action_entry entry) {
    entries_.push_back(std::move(entry));
    if (entries_.size() > kept_)
      entries_.pop_front();
  }
  /// Oldest first.
  const std::deque<action_entry>& entries() const { return entries_; }

private:
  size_t kept_;
  std::deque<action_entry> entries_;
};

struct pause_state {
  bool paused = false;
  std::string by;
  std::string why;
  instant since{};
};

struct component_view {
  std::string name;
  bool answered = false;
  bool ready = false;
  std::string detail;
  instant at{};
  uint64_t done = 0;
};

struct platform_state {
  action_log actions;
  audit_log audit;
  pause_state pause;
  std::map<std::string, component_view> components;
  std::set<object_kind> synced;             // caches that are complete
  std::map<object_kind, std::string> lost;  // watches that are being opened again, and why
  size_t watched = 0;                       // kinds
  bool updater_connected = false;
  std::map<std::string, policy_spec>
    builtin_policies;  // a Policy object of the same name replaces one

  bool ready() const { return synced.size() == watched; }
};

}  // namespace scaleops::dashboards::logic
