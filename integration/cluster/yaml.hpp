// JSON as YAML for people: blocks, plain words where no reader could take them for something else.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace scaleops {

std::string to_yaml(const nlohmann::json& value);

}  // namespace scaleops
