// Change writer: puts people's wishes into Recommendation objects, a few at a time, again after a
// conflict.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <caf/fwd.hpp>

#include "actors/common/env.hpp"
#include "actors/dashboards/logic/change.hpp"
#include "messages/kube.hpp"

namespace scaleops::dashboards {

struct write_changes {
  struct item {
    workload_ref workload;
    std::shared_ptr<const recommendation> known;  // null: there is none yet
  };
  std::vector<item> items;
  logic::change_wish::what kind = logic::change_wish::what::automate;
  std::string policy;
  std::string who;
};

struct changes_written {
  struct item {
    workload_ref workload;
    bool differs = false;
    std::string before;
    std::string after;
    std::string failure;  // empty: done
  };
  std::vector<item> items;  // in the order of the wishes
};

using change_writer_actor = caf::typed_actor<caf::replies_to<write_changes>::with<changes_written>>;

struct change_writer_config {
  size_t at_once = 16;
  int attempts = 4;
  milliseconds request_timeout = std::chrono::seconds{10};
};

/// Linked to its parent.
change_writer_actor spawn_change_writer(caf::local_actor* parent, change_writer_config cfg,
                                        const component_env& env);

}  // namespace scaleops::dashboards

SCALEOPS_LOCAL_MESSAGE(scaleops::dashboards::write_changes)
SCALEOPS_LOCAL_MESSAGE(scaleops::dashboards::changes_written)
