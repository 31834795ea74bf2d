// What every component's root actor answers, whatever else it does.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "messages/caf_support.hpp"
#include "messages/time.hpp"

namespace scaleops {

enum class component : uint8_t { agent, recommender, admissions, updater, dashboards, healthcheck };
inline constexpr std::array all_components = {component::agent,      component::recommender,
                                              component::admissions, component::updater,
                                              component::dashboards, component::healthcheck};
std::string_view to_string(component which);

struct status_query {};

struct component_status {
  component which = component::agent;
  bool ready = false;
  std::string detail;  // one line for people: what is missing, or what it holds
  instant at{};
  uint64_t done =
    0;  // units of work since the start: samples, decisions, admissions, actions, answers, checks
};

/// Mixed into every root actor's interface.
using component_actor = caf::typed_actor<caf::replies_to<status_query>::with<component_status>>;

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::status_query)
SCALEOPS_LOCAL_MESSAGE(scaleops::component_status)
