// A component's status as the JSON document that it serves at /status.
#pragma once

#include <optional>
#include <string>

#include "messages/component.hpp"

namespace scaleops::peer {

std::string status_json(const component_status& status);

/// Absent: no such document, with the problem in one line.
std::optional<component_status> parse_status(const std::string& text, std::string& problem);

}  // namespace scaleops::peer
