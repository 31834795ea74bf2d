#include "actors/agent/logic/usage_rates.hpp"

#include <algorithm>

namespace scaleops {

std::string_view to_string(sample_drop why) {
  switch (why) {
    case sample_drop::none:
      return "none";
    case sample_drop::repeated:
      return "repeated";
    case sample_drop::stale:
      return "stale";
    case sample_drop::impossible:
      return "impossible";
  }
  return "";
}

sample_or_drop rate_between(const std::optional<usage_counters>& before,
                            const usage_counters& after, const usage_limits& limits, instant now) {
  if (after.at < now - limits.oldest || after.at > now + limits.oldest)
    return {std::nullopt, sample_drop::stale};
  if (after.working_set < 0)
    return {std::nullopt, sample_drop::impossible};
  usage_sample sample;
  sample.at = after.at;
  sample.memory = after.working_set;
  if (!before) {
    sample.has_cpu = false;
    return {sample, sample_drop::none};
  }
  if (after.at <= before->at)
    return {std::nullopt, sample_drop::repeated};
  // Counters begin at zero again when the container restarted.
  bool restarted = after.started != before->started || after.cpu_seconds < before->cpu_seconds;
  auto from = restarted ? std::max(after.started, before->at) : before->at;
  double seconds = std::chrono::duration<double>(after.at - from).count();
  double used = after.cpu_seconds - (restarted ? 0 : before->cpu_seconds);
  if (seconds <= 0) {
    sample.has_cpu = false;
    return {sample, sample_drop::none};
  }
  double cores = used / seconds;
  if (cores < 0 || (limits.node_cores > 0 && cores > limits.node_cores * 1.1))
    return {std::nullopt, sample_drop::impossible};
  sample.cpu = float(cores * 1000);
  auto periods = after.periods - (restarted ? 0 : std::min(before->periods, after.periods));
  auto throttled = after.throttled_periods -
                   (restarted ? 0 : std::min(before->throttled_periods, after.throttled_periods));
  sample.throttled = periods > 0 ? std::clamp(float(throttled) / float(periods), 0.0f, 1.0f) : 0.0f;
  return {sample, sample_drop::none};
}

}  // namespace scaleops
