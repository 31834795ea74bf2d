// What is to be told of workloads, by workload: the newest replaces what was not sent yet, so that
// a receiver who is away costs no more memory than there are workloads. Pure.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "messages/agent.hpp"

namespace scaleops::peer {

class news_queue {
public:
  void seen(workload_facts_ptr facts) {
    auto ref = facts->ref;
    news_.insert_or_assign(std::move(ref), std::move(facts));
  }
  void gone(workload_ref ref) { news_.insert_or_assign(std::move(ref), nullptr); }
  bool empty() const { return news_.empty(); }
  size_t size() const { return news_.size(); }

  struct portion {
    std::vector<workload_facts_ptr> seen;
    std::vector<workload_ref> gone;
  };

  /// Up to `most` of them.
  portion take(size_t most) {
    portion out;
    for (; most > 0 && !news_.empty(); --most) {
      auto first = news_.extract(news_.begin());
      if (first.mapped())
        out.seen.push_back(std::move(first.mapped()));
      else
        out.gone.push_back(std::move(first.key()));
    }
    return out;
  }

  /// Puts back what was not taken; what has come since is newer.
  void put_back(portion portion) {
    for (auto& facts : portion.seen)
      news_.try_emplace(facts->ref, facts);
    for (auto& ref : portion.gone)
      news_.try_emplace(std::move(ref), nullptr);
  }

private:
  std::map<workload_ref, workload_facts_ptr> news_;  // null: it is gone
};

}  // namespace scaleops::peer
