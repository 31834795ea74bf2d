#include "actors/dashboards/logic/reason_text.hpp"

#include <cmath>

#include <fmt/format.h>

namespace scaleops::dashboards::logic {

namespace {

/// Beyond a week only the highest use ever, faded, is known.
constexpr double longest_look_back_h = 168;

std::string trimmed(double value, int digits) {
  auto text = fmt::format("{:.{}f}", value, digits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
      text.pop_back();
  }
  return text;
}

std::string percent(double share) {
  return trimmed(share * 100, std::abs(share) < 0.1 ? 1 : 0) + " %";
}

}  // namespace

std::string readable_amount(resource_kind kind, double amount) {
  if (kind == resource_kind::cpu) {
    if (std::abs(amount) < 1000)
      return trimmed(amount, 0) + "m";
    return trimmed(amount / 1000, amount < 10'000 ? 2 : 1) + (amount == 1000 ? " core" : " cores");
  }
  static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  while (std::abs(amount) >= 1024 && unit < 4) {
    amount /= 1024;
    ++unit;
  }
  return trimmed(amount, amount < 10 && unit > 1    ? 2
                         : amount < 100 && unit > 2 ? 1
                                                    : 0) +
         " " + units[unit];
}

std::string explain(const reason& why) {
  auto value = readable_amount(why.resource, why.value);
  auto reference = readable_amount(why.resource, why.reference);
  auto hours = [](double h) {
    return h >= 48 ? trimmed(h / 24, h < 240 ? 1 : 0) + " days" : trimmed(h, h < 10 ? 1 : 0) + " h";
  };
  switch (why.code) {
    case reason_code::no_history:
      return "Nothing has been measured yet, so the current request stays.";
    case reason_code::learning:
      return fmt::format("Still learning: {} of {} of history seen. Until then nothing shrinks.",
                         hours(why.value), hours(why.reference));
    case reason_code::percentile:
      return fmt::format("{} of the time it used no more than {}.", percent(why.reference), value);
    case reason_code::headroom:
      return fmt::format("{} of headroom makes it {}.", percent(why.reference), value);
    case reason_code::recent_peak:
      if (why.resource == resource_kind::memory)
        return fmt::format("Its peaks, remembered with a half-life of {}, stand at {}.",
                           hours(why.reference), value);
      if (why.reference > longest_look_back_h)
        return fmt::format("The highest use in {} was {}; no margin goes further than 10 % above.",
                           hours(why.reference), value);
      return fmt::format("A peak of {} within the last {} lifted it.", value, hours(why.reference));
    case reason_code::season:
      return fmt::format("The daily and weekly pattern expects {} soon (seen {} ago).", value,
                         hours(why.reference));
    case reason_code::margin:
      if (why.resource == resource_kind::memory)
        return fmt::format("A margin of {} on top leaves {} OOM kills a day to expect.",
                           percent(why.value), trimmed(why.reference, why.reference < 1 ? 3 : 1));
      if (why.value < 0)
        return fmt::format("It usually stays below that: {} less keeps overruns below {}.",
                           percent(-why.value), percent(why.reference));
      return fmt::format("A learned safety margin of {} keeps overruns below {}.",
                         percent(why.value), percent(why.reference));
    case reason_code::oom_kill:
      return why.reference > 0
               ? fmt::format("It was OOM-killed at a limit of {}, so it gets at least {}.",
                             reference, value)
               : fmt::format("It was OOM-killed, so it gets at least {}.", value);
    case reason_code::leak_suspected:
      return fmt::format("Memory keeps growing by {} a day, which looks like a leak: capped at {}.",
                         reference, value);
    case reason_code::burst:
      return fmt::format("A sustained burst to {} lifted it to {} for now.", reference, value);
    case reason_code::throttled:
      return fmt::format("CPU was throttled in {} of periods, so it was lifted to {}.",
                         percent(why.reference), value);
    case reason_code::confidence:
      return fmt::format("With a confidence of {}, bounds are widened by a factor of {}.",
                         percent(why.reference), trimmed(why.value, 2));
    case reason_code::change_point:
      return fmt::format("Its level of use changed from {} to {}; newer evidence counts more.",
                         reference, value);
    case reason_code::new_revision:
      return fmt::format("A new revision has been running for {}; fresh evidence wins.",
                         hours(why.value));
    case reason_code::policy_min:
      return fmt::format("The policy's minimum is {}.", value);
    case reason_code::policy_max:
      return fmt::format("The policy's maximum is {}.", value);
    case reason_code::limit_range_min:
      return fmt::format("The namespace's LimitRange demands at least {}.", value);
    case reason_code::limit_range_max:
      return fmt::format("The namespace's LimitRange permits at most {}.", value);
    case reason_code::quota:
      return fmt::format("The namespace's quota leaves room for {}.", value);
    case reason_code::node_room:
      return fmt::format("The largest node has room for {}.", value);
    case reason_code::live_usage:
      return fmt::format("Memory in use right now keeps it at {} or more.", value);
    case reason_code::hysteresis:
      return fmt::format("Kept at {}: {} is too near, or follows too soon on the last change.",
                         value, reference);
    case reason_code::hpa_guard:
      return fmt::format("Kept at {}: {} would move the autoscaler's scale point.", value,
                         reference);
    case reason_code::qos_guard:
      return fmt::format("Adjusted to {} so that the pod's QoS class stays.", value);
    case reason_code::excluded:
      return "The policy leaves this container alone.";
    case reason_code::stale_input:
      return fmt::format("The last measurement is {} old: too old to act on.",
                         hours(why.value / 3600));
  }
  return std::string{to_string(why.code)};
}

}  // namespace scaleops::dashboards::logic
