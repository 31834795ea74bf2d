// Scraper: asks every node for its containers' counters, in turns, and makes samples of them.
#pragma once

#include <vector>

#include <caf/fwd.hpp>

#include "actors/agent/agent.hpp"
#include "actors/agent/feeder.hpp"
#include "actors/agent/logic/discovery.hpp"

namespace scaleops {

/// A round of discoveries that concern scraping.
struct scrape_targets {
  discoveries news;
};
/// Nodes to scrape, sorted by name, with their CPU in cores.
struct scrape_nodes {
  std::vector<std::pair<std::string, double>> nodes;
};
/// Only a leader scrapes.
struct scrape_switch {
  bool on = false;
};
struct scrape_count_query {};

using scraper_actor = caf::typed_actor<caf::reacts_to<scrape_targets>, caf::reacts_to<scrape_nodes>,
                                       caf::reacts_to<scrape_switch>,
                                       // How many samples so far.
                                       caf::replies_to<scrape_count_query>::with<uint64_t>>;

scraper_actor spawn_scraper(caf::local_actor* parent, agent_config cfg, const component_env& env,
                            feeder_actor feeder);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::scrape_targets)
SCALEOPS_LOCAL_MESSAGE(scaleops::scrape_nodes)
SCALEOPS_LOCAL_MESSAGE(scaleops::scrape_switch)
SCALEOPS_LOCAL_MESSAGE(scaleops::scrape_count_query)
