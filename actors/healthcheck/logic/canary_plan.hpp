// What the canary flies with, and how its return is judged.
#pragma once

#include <memory>
#include <string>

#include "messages/objects.hpp"

namespace scaleops {

/// What the canary pod asks for, and what its recommendation gives it. The policy's floors and the
/// namespace's LimitRange may move the latter, so the return is judged by the change and our stamp,
/// not by these very numbers.
inline constexpr resources canary_sent{1, int64_t{4} << 20};
inline constexpr resources canary_recommended{13, int64_t{27} << 20};

/// The canary's own recommendation with its own grant, decided now.
recommendation canary_recommendation(instant now);

/// The pod as it is sent.
pod canary_pod(const std::string& suffix);

/// `created`: the pod as the API server stored it.
health_check judge_canary(const pod& created, instant now);

}  // namespace scaleops
