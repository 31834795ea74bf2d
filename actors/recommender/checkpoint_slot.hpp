// One Checkpoint object's payload, to and from values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/recommender/workload_recommender.hpp"

namespace scaleops {

std::string encode_slot(const std::vector<saved_workload_ptr>& workloads);

/// Refuses damaged bytes and newer versions, and says why.
std::optional<std::vector<saved_workload_ptr>> decode_slot(std::string_view bytes,
                                                           std::string& why);

/// Slot of a workload: FNV-1a over its name, the same in every process and version.
uint32_t slot_of(const workload_ref& ref, uint32_t slots);

}  // namespace scaleops
