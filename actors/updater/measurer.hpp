// Measurer: reads the live memory use of nodes whose pods are about to shrink.
#pragma once

#include <map>
#include <set>
#include <string>

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/common/env.hpp"
#include "actors/updater/logic/memory.hpp"
#include "actors/updater/updater.hpp"

namespace scaleops {

/// These nodes' use is needed. Nodes that are being asked, or that failed a moment ago, are left
/// out.
struct measure_nodes {
  std::set<std::string> nodes;
};
using measurer_actor = caf::typed_actor<caf::reacts_to<measure_nodes>>;

/// One node answered, or did not.
struct node_measured {
  std::string node;
  bool answered = false;
  std::map<pod_ref, usage_memory> usage;
};
using measure_sink_actor = caf::typed_actor<caf::reacts_to<node_measured>>;

/// Linked to its parent.
measurer_actor spawn_measurer(caf::local_actor* parent, const updater_config& cfg,
                              const component_env& env, measure_sink_actor sink);

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::measure_nodes)
SCALEOPS_LOCAL_MESSAGE(scaleops::node_measured)
