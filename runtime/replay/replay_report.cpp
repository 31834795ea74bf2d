// A replay's summary for people and for programs.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "runtime/replay/replay.hpp"

namespace scaleops {

namespace {

std::string line(const char* name, const resource_score& s, bool memory) {
  if (s.seconds <= 0)
    return fmt::format("  {:<8} not measured\n", name);
  auto risk = memory
                ? fmt::format("{:.1f} OOM kills per 100 series-days", s.overruns_per_100_days())
                : fmt::format("{:.2f} % of usage above", 100 * s.overrun_usage());
  return fmt::format(
    "  {:<8} footprint {:.3f} ({:.3f} geometric), {}, {:.2f} % of the time above, "
    "{:.2f} changes a day\n",
    name, s.footprint(), s.geometric_footprint(), risk, 100 * s.overrun_time(), s.changes_a_day());
}

nlohmann::json part(const resource_score& s, bool memory) {
  if (s.seconds <= 0)
    return nullptr;
  nlohmann::json out = {{"series", s.series},
                        {"footprint", s.footprint()},
                        {"geo", s.geometric_footprint()},
                        {"slack", s.slack_share()},
                        {"overrun_time", s.overrun_time()},
                        {"overrun_usage", s.overrun_usage()},
                        {"changes", s.changes_a_day()},
                        {"days", s.days()}};
  if (memory) {
    out["ooms"] = s.overruns_per_100_days();
    out["oom_series"] = s.series > 0 ? double(s.series_overrun) / double(s.series) : 0;
  }
  return out;
}

}  // namespace

std::string to_text(const replay_summary& s) {
  auto skipped =
    s.skipped > 0 ? fmt::format(" ({} of them known from the checkpoint)", s.skipped) : "";
  return fmt::format("{} series, {} samples{}, {} decisions\n", s.series, s.samples, skipped,
                     s.decisions) +
         line("CPU", s.cpu, false) + line("Memory", s.memory, true);
}

std::string to_json(const replay_summary& s) {
  nlohmann::json out = {{"series", s.series},        {"samples", s.samples},
                        {"skipped", s.skipped},      {"decisions", s.decisions},
                        {"cpu", part(s.cpu, false)}, {"memory", part(s.memory, true)}};
  return out.dump(2) + "\n";
}

}  // namespace scaleops
