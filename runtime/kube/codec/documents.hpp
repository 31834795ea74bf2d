// Built-in kinds as JSON documents to be created. For encode.cpp only.
#pragma once

#include <nlohmann/json.hpp>

#include "messages/objects.hpp"
#include "messages/quantity.hpp"

namespace scaleops::kube::documents {

nlohmann::json metadata_of(const metadata& meta);

/// Everything but apiVersion, kind and metadata; null for kinds that are not created.
nlohmann::json body_of(const object& value);

}  // namespace scaleops::kube::documents
