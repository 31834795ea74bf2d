// What each field of our kinds is, in words: `kubectl explain` shows them.
#pragma once

#include <string_view>

#include "messages/objects.hpp"

namespace scaleops::crd {

/// `path` from the top, lists as "[]": "spec.containers[].name". Empty for a path that is none.
std::string_view description_of(object_kind kind, std::string_view path);

}  // namespace scaleops::crd
