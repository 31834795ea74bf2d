// Our kinds as CustomResourceDefinitions, for the API server to be as strict as messages/crd is.
#pragma once

#include <span>

#include <nlohmann/json_fwd.hpp>

#include "messages/objects.hpp"

namespace scaleops::crd {

/// Our kinds, in the order in which the documents name them.
std::span<const object_kind> kinds();

/// The CustomResourceDefinition (apiextensions.k8s.io/v1) of one of our kinds. Aborts for others.
nlohmann::json definition(object_kind kind);

}  // namespace scaleops::crd
