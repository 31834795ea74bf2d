// Which decision and which policy hold for a workload: a decision may come by message before its
// object says so, and a policy may be built in.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "actors/common/logic/cluster_view.hpp"
#include "messages/objects.hpp"
#include "messages/recommendation.hpp"

namespace scaleops {

using decision_ptr = std::shared_ptr<const workload_recommendation>;

class decision_board {
public:
  decision_board() = default;
  explicit decision_board(std::map<std::string, policy_spec> built_in)
      : built_in_{std::move(built_in)} {}

  /// A decision that has not reached its object yet, or whose object has not reached us.
  void on_message(const decision_ptr& decision, const cluster_view& view);

  /// The object came, changed or went; `view` holds the event already.
  void on_object(const watch_event& event, const cluster_view& view);

  /// The newer of object and message; null when there is none. `wish` may be null.
  decision_ptr decision_for(const workload_ref& ref,
                            const std::shared_ptr<const recommendation>& wish) const;

  /// The Policy object of that name, else the built-in one, else the defaults.
  const policy_spec& policy_named(const std::string& name, const cluster_view& view) const;

  /// Decisions that only a message has told so far.
  size_t told() const { return told_.size(); }

private:
  void forget_if_written(const workload_ref& ref, const cluster_view& view);

  std::map<workload_ref, decision_ptr> told_;
  std::map<std::string, policy_spec> built_in_;
};

}  // namespace scaleops
