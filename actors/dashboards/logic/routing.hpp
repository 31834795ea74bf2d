// Which API call a request is: the table of all endpoints, as docs/api/openapi.yaml describes them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/dashboards/logic/access.hpp"

namespace scaleops::dashboards::logic {

enum class endpoint : uint8_t {
  session_get,
  session_create,
  session_delete,
  overview,
  workload_list,
  workload_get,
  workload_recommendation,
  workload_evidence,
  series,
  namespaces,
  policies,
  rules,
  recommendations,
  actions,
  audit,
  events,
  health,
  components,
  live,
  set_automation,
  set_exclusion,
  set_policy,
  pause,
  resume,
};

struct route {
  endpoint what;
  std::string_view method;
  std::string_view pattern;  // "*" stands for one segment
  permission needed;
};

struct route_match {
  const route* found = nullptr;       // null: no such endpoint, or not with this method
  std::vector<std::string> captures;  // what stood for each "*"
  std::string allowed;                // methods of this path ("GET, POST"); empty: no such path
};

/// All endpoints, as docs/api/openapi.yaml describes them.
std::span<const route> all_routes();

route_match match_route(std::string_view method, std::string_view path);

}  // namespace scaleops::dashboards::logic
