// No workload is taken below its minimum: a lone replica is left alone, runs are not disturbed, and
// while replicas are missing no more are taken than the workload's share.
#include <algorithm>

#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class minimum_judge final : public judge {
public:
  explicit minimum_judge(const court& in) : judge{"minimum", in} {}

  void on_pod(const pod_change& change) override {
    if (is_canary(change.owner) || !change.before || !(change.evicted || restarts(change)))
      return;
    auto name = name_of(*change.before);
    auto& kind = change.owner.kind;
    if (kind == "Job" || kind == "CronJob")
      return blame("disturbed a run: " + name);
    auto desired = in_.facts.desired(change.owner);
    if (desired < 2 && kind != "DaemonSet")
      return blame("disturbed the only replica: " + name);
    auto share = in_.config.platform.updater.rules.disruption_share;
    auto most = std::max(1, int32_t(double(desired) * share));
    auto missing = in_.facts.least_short(change.owner, in_.facts.now() - in_.lag());
    missing -= !change.before->ready;  // nothing is lost with it
    if (missing >= most)
      blame("disturbed " + name + " while " + std::to_string(missing) + " of " +
            std::to_string(desired) + " replicas were missing");
  }
};

}  // namespace

std::unique_ptr<judge> make_minimum_judge(const court& in) {
  return std::make_unique<minimum_judge>(in);
}

}  // namespace scaleops::sim
