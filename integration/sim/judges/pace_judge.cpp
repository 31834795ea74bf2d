// The disruption budget is kept: not more disruptions a minute than allowed, and none of the same
// workload before its cool-down has passed.
#include <algorithm>
#include <deque>
#include <map>

#include <fmt/format.h>

#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class pace_judge final : public judge {
public:
  explicit pace_judge(const court& in) : judge{"pace", in} {}

  void on_pod(const pod_change& change) override {
    if (is_canary(change.owner) || !change.before || !(change.evicted || restarts(change)))
      return;
    auto now = in_.cluster.now();  // a clock that jumps lets budgets refill
    recent_.push_back(now);
    while (now - recent_.front() > std::chrono::minutes{1})
      recent_.pop_front();
    // A bucket holds one minute's worth and refills meanwhile.
    auto rate = std::max(1.0, in_.config.platform.updater.rules.disruptions_per_minute);
    if (double(recent_.size()) > 2 * rate)
      blame(fmt::format("{} disruptions within a minute, {} a minute are allowed", recent_.size(),
                        rate));
    // As many at a time as its share allows, then none for a while.
    auto& of_workload = by_workload_[change.owner];
    of_workload.push_back(now);
    while (now - of_workload.front() >= cool_down(change.owner) - slack)
      of_workload.pop_front();
    auto share = in_.config.platform.updater.rules.disruption_share;
    auto most = std::max(1, int32_t(double(in_.facts.desired(change.owner)) * share));
    if (int32_t(of_workload.size()) > most)
      blame(fmt::format("disturbed {} {} times within {} s", change.owner.to_string(),
                        of_workload.size(), (now - of_workload.front()).count() / 1000));
  }

private:
  // Requests overtake each other a little.
  static constexpr milliseconds slack = std::chrono::seconds{30};

  milliseconds cool_down(const workload_ref& ref) const {
    auto& store = in_.cluster.state().store;
    auto found = store.find(object_kind::recommendation, ref.ns, ref.object_name());
    auto name = found ? found->as<recommendation>().status.policy : std::string{};
    auto& known = in_.config.platform.updater.policies;
    auto policy = known.find(name);
    return policy == known.end() ? policy_spec{}.cool_down : policy->second.cool_down;
  }

  std::deque<instant> recent_;
  std::map<workload_ref, std::deque<instant>> by_workload_;
};

}  // namespace

std::unique_ptr<judge> make_pace_judge(const court& in) {
  return std::make_unique<pace_judge>(in);
}

}  // namespace scaleops::sim
