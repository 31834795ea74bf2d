// Looking into labels and annotations. The maps are small and this is asked for every pod: walking
// one costs less than making a string of the key.
#pragma once

#include <string>
#include <string_view>

#include "messages/cluster.hpp"

namespace scaleops {

/// Null where the key is not.
inline const std::string* value_at(const string_map& map, std::string_view key) {
  for (auto& [name, value] : map)
    if (name == key)
      return &value;
  return nullptr;
}

}  // namespace scaleops
