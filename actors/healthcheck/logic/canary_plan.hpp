// What the canary flies with, and how its return is judged.
#pragma once

#include <memory>
#include <string>

#include "messages/objects.hpp"

namespace scaleops {

/// Nobody would run with these requests by accident: a match proves the patch.
inline constexpr int64_t canary_cpu = 3;                    // millicores
inline constexpr int64_t canary_memory = int64_t{7} << 20;  // bytes

/// The canary's own recommendation with its own grant, decided now.
recommendation canary_recommendation(instant now);

/// The pod as it is sent: 1m and 4Mi.
pod canary_pod(const std::string& suffix);

/// `created`: the pod as the API server stored it.
health_check judge_canary(const pod& created, instant now);

}  // namespace scaleops
