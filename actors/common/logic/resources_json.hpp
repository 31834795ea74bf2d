// The form in which resources of a pod's containers stand in our annotations:
// {"app":{"limits":{"memory":"1Gi"},"requests":{"cpu":"500m","memory":"512Mi"}}}, keys sorted,
// quantities canonical.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "messages/objects.hpp"

namespace scaleops {

/// By container name.
using named_resources = std::map<std::string, container_resources>;

named_resources named(const std::vector<container_spec>& containers);

std::string write_resources(const named_resources& value);

/// Absent when the text is not of this form: someone else wrote it.
std::optional<named_resources> read_resources(std::string_view text);

}  // namespace scaleops
