// A recommendation's reasons in plain English.
#pragma once

#include <string>

#include "messages/recommendation.hpp"

namespace scaleops::dashboards::logic {

/// "P93 of the last day's use is 220m."
std::string explain(const reason& why);

/// For reading, not for manifests: "250m", "1.5 cores", "512 MiB".
std::string readable_amount(resource_kind kind, double amount);

}  // namespace scaleops::dashboards::logic
