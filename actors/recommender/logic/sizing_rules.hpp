// Everything that people and the cluster say about how workloads are sized, and what follows for
// one of them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/common/logic/object_cache.hpp"
#include "actors/recommender/logic/recommend.hpp"
#include "actors/recommender/logic/surroundings.hpp"
#include "messages/facts.hpp"

namespace scaleops {

/// How one workload is to be sized and what surrounds it.
struct workload_context {
  std::shared_ptr<const policy_spec> policy;
  std::string policy_name;
  std::string policy_why;
  sizing_facts surroundings;
  bool operator==(const workload_context&) const = default;
};
using workload_context_ptr = std::shared_ptr<const workload_context>;

/// Whose context may differ after a round of events.
struct affected_workloads {
  bool all = false;
  std::set<std::string> namespaces;
  std::set<workload_ref> workloads;
};

class sizing_rules {
public:
  /// Takes one event of a Policy, PolicyRule, Recommendation, AutomatedNamespace, LimitRange,
  /// ResourceQuota, Node or HPA. Invalid policies and rules are left out; `warnings` says which and
  /// why.
  void apply(const watch_event& event, affected_workloads& affected,
             std::vector<std::string>& warnings);

  /// Whether HPAs can be seen. Where they cannot, each workload may have one. True: that is news.
  bool see_hpas(bool seen) { return around_.see_hpas(seen); }

  /// Contexts of equal policies share one spec.
  workload_context_ptr context_of(const workload_facts& facts);

private:
  bool apply_policy(const watch_event& event, std::vector<std::string>& warnings);
  bool apply_rule(const watch_event& event, std::vector<std::string>& warnings);

  policy_map policies_;
  std::vector<named_rule> rules_;
  surroundings around_;
  object_cache<recommendation> recommendations_;
  object_cache<automated_namespace> grants_;
  std::map<std::string, std::shared_ptr<const policy_spec>, std::less<>> shared_;
};

}  // namespace scaleops
