#include "actors/healthcheck/logic/judge.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

namespace scaleops {

namespace {

constexpr std::array<std::string_view, 5> essential = {"api-server", "webhook", "admissions",
                                                       "agent", "recommender"};

}  // namespace

health_check judge_component(const component_answer& answer, instant now) {
  if (!answer.answered)
    return {answer.name, check_result::fail, "does not answer: " + answer.detail, now};
  return {answer.name, answer.ready ? check_result::pass : check_result::fail, answer.detail, now};
}

health_check judge_usage(uint64_t before, uint64_t after, milliseconds silent_for,
                         milliseconds allowed, instant now) {
  if (after > before)
    return {"usage", check_result::pass,
            fmt::format("{} samples since the last round", after - before), now};
  auto detail = fmt::format(
    "no sample for {}", silent_for >= milliseconds{1000}
                          ? format_duration(std::chrono::floor<std::chrono::seconds>(silent_for))
                          : "a moment");
  return {"usage", silent_for > allowed ? check_result::fail : check_result::pass,
          std::move(detail), now};
}

health_check judge_freshness(size_t stale, size_t all, instant now) {
  auto detail =
    all == 0 ? std::string{"none to judge"} : fmt::format("{} of {} are stale", stale, all);
  return {"recommendations", stale == 0 ? check_result::pass : check_result::warn,
          std::move(detail), now};
}

bool gate_open(const std::vector<health_check>& checks) {
  return std::all_of(essential.begin(), essential.end(), [&](std::string_view name) {
    return std::any_of(checks.begin(), checks.end(), [&](const health_check& check) {
      return check.name == name && check.result != check_result::fail;
    });
  });
}

}  // namespace scaleops
