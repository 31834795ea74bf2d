// What the seed draws as configuration: of every component and of the cluster, often at its
// extremes.
#pragma once

#include "messages/entropy.hpp"
#include "runtime/embedded/config.hpp"
#include "runtime/platform/platform.hpp"

namespace scaleops::sim {

struct drawn_config {
  platform_config platform;
  embedded::embedded_config cluster;
};

/// What `scaleops up` runs with, scraped every 30 seconds: where scenarios begin.
drawn_config plain_config(uint64_t seed, milliseconds scrape = std::chrono::seconds{30});

/// Any mixture of usual and hostile values that a person may set.
drawn_config draw_config(uint64_t seed);

}  // namespace scaleops::sim
