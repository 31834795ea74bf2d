// Components by their names.
#pragma once

#include <optional>
#include <string_view>

#include "messages/component.hpp"

namespace scaleops {

/// The inverse of to_string(component); absent: no component is called so.
inline std::optional<component> component_named(std::string_view name) {
  for (auto which : all_components)
    if (to_string(which) == name)
      return which;
  return std::nullopt;
}

}  // namespace scaleops
