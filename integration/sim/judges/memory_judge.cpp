// No running container's memory is set below what it holds plus the margin.
#include <cmath>

#include <fmt/format.h>

#include "integration/sim/judges/deeds.hpp"
#include "integration/sim/judges/judge.hpp"

namespace scaleops::sim {

namespace {

class memory_judge final : public judge {
public:
  explicit memory_judge(const court& in) : judge{"live_memory", in} {}

  void on_pod(const pod_change& change) override {
    if (!resized(change) || is_canary(change.owner))
      return;
    for (size_t i = 0; i < change.before->containers.size(); ++i)
      check(*change.after, change.before->containers[i], change.after->containers[i]);
  }

private:
  /// The oldest measurement that may still stand behind a resize that arrives now: measured,
  /// decided upon, noted on the pod, sent, and both sent again after failures.
  milliseconds oldest_measurement() const {
    auto& cfg = in_.config.platform.updater;
    return cfg.rules.oldest_usage + 2 * cfg.tick + (cfg.retries + 3) * cfg.request_timeout +
           cfg.retry_first * ((1 << cfg.retries) - 1) + std::chrono::seconds{5};
  }

  void check(const pod& value, const container_spec& before, const container_spec& after) {
    auto shrinks = [](const std::optional<int64_t>& from, const std::optional<int64_t>& to) {
      return from && to && *to < *from;
    };
    auto held = in_.facts.least_memory({value.meta.ns, value.meta.name}, before.name,
                                       in_.facts.now() - oldest_measurement());
    if (!held)
      return;
    auto floor = int64_t(double(*held) * (1 + in_.config.platform.updater.rules.memory_margin)) - 1;
    auto complain = [&](const char* what, int64_t to) {
      blame(fmt::format("set {} of {} {} to {} bytes, but at least {} were in use", what,
                        name_of(value), before.name, to, *held));
    };
    if (shrinks(before.resources.requests.memory, after.resources.requests.memory) &&
        *after.resources.requests.memory < floor)
      complain("the memory request", *after.resources.requests.memory);
    if (shrinks(before.resources.limits.memory, after.resources.limits.memory) &&
        *after.resources.limits.memory < floor)
      complain("the memory limit", *after.resources.limits.memory);
  }
};

}  // namespace

std::unique_ptr<judge> make_memory_judge(const court& in) {
  return std::make_unique<memory_judge>(in);
}

}  // namespace scaleops::sim
