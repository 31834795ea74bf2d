#include "actors/dashboards/logic/routing.hpp"

#include <array>

namespace scaleops::dashboards::logic {

namespace {

using enum endpoint;
using enum permission;

constexpr std::array routes = {
  route{session_get, "GET", "/api/v1/session", none},
  route{session_create, "POST", "/api/v1/session", none},
  route{session_delete, "DELETE", "/api/v1/session", none},
  route{overview, "GET", "/api/v1/overview", view},
  route{workload_list, "GET", "/api/v1/workloads", view},
  route{set_automation, "POST", "/api/v1/workloads/automation", operate},
  route{set_exclusion, "POST", "/api/v1/workloads/exclusion", operate},
  route{set_policy, "POST", "/api/v1/workloads/policy", operate},
  route{workload_get, "GET", "/api/v1/workloads/*/*/*", view},
  route{endpoint::workload_recommendation, "GET", "/api/v1/workloads/*/*/*/recommendation", view},
  route{workload_evidence, "GET", "/api/v1/workloads/*/*/*/evidence", view},
  route{series, "GET", "/api/v1/series", view},
  route{namespaces, "GET", "/api/v1/namespaces", view},
  route{policies, "GET", "/api/v1/policies", view},
  route{rules, "GET", "/api/v1/rules", view},
  route{recommendations, "GET", "/api/v1/recommendations", view},
  route{actions, "GET", "/api/v1/actions", view},
  route{audit, "GET", "/api/v1/audit", view},
  route{events, "GET", "/api/v1/events", view},
  route{health, "GET", "/api/v1/health", view},
  route{components, "GET", "/api/v1/components", view},
  route{live, "GET", "/api/v1/live", view},
  route{pause, "POST", "/api/v1/updates/pause", operate_everywhere},
  route{resume, "POST", "/api/v1/updates/resume", operate_everywhere},
};

bool fits(std::string_view pattern, std::string_view path, std::vector<std::string>& captures) {
  captures.clear();
  for (;;) {
    auto pattern_end = pattern.find('/');
    auto path_end = path.find('/');
    auto wanted = pattern.substr(0, pattern_end);
    auto segment = path.substr(0, path_end);
    if (wanted == "*") {
      if (segment.empty())
        return false;
      captures.emplace_back(segment);
    } else if (wanted != segment) {
      return false;
    }
    bool pattern_over = pattern_end == std::string_view::npos;
    if (pattern_over != (path_end == std::string_view::npos))
      return false;
    if (pattern_over)
      return true;
    pattern.remove_prefix(pattern_end + 1);
    path.remove_prefix(path_end + 1);
  }
}

}  // namespace

std::span<const route> all_routes() {
  return routes;
}

route_match match_route(std::string_view method, std::string_view path) {
  route_match match;
  std::vector<std::string> captures;
  for (auto& each : routes) {
    if (!fits(each.pattern, path, captures))
      continue;
    if (each.method == method) {
      match.found = &each;
      match.captures = std::move(captures);
      return match;
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + std::string{each.method};
  }
  return match;
}

}  // namespace scaleops::dashboards::logic
