// Every answer of the API as JSON (docs/api/openapi.yaml). CPU is in millicores, memory in bytes,
// money per month.
#pragma once

#include <string>

#include "actors/dashboards/logic/access.hpp"
#include "actors/dashboards/logic/input.hpp"
#include "actors/dashboards/logic/inventory.hpp"
#include "actors/dashboards/logic/platform_state.hpp"
#include "messages/risk.hpp"

namespace scaleops::dashboards::logic {

struct view_context {
  const inventory& cluster;
  const platform_state& platform;
  const price_list& prices;
  const rights& caller;
  instant now{};
};

/// Rows that match, sorted; those that the caller may not see are left out.
std::vector<const workload_row*> select(const view_context& in, const workload_query& query);

std::string overview_view(const view_context& in);
std::string workloads_view(const view_context& in, const workload_query& query);
/// `risk` by container; those without are shown without.
std::string workload_view(const view_context& in, const workload_row& row,
                          const std::vector<container_risk>& risk);
std::string namespaces_view(const view_context& in);
std::string policies_view(const view_context& in);
std::string rules_view(const view_context& in);
std::string recommendations_view(const view_context& in, const workload_query& query);
std::string health_view(const view_context& in);
std::string components_view(const view_context& in);

/// Points of the cluster, or of one workload with its marks (changes and OOM kills).
std::string cluster_series_view(const view_context& in, milliseconds span, size_t points);
std::string workload_series_view(const view_context& in, const workload_row& row, milliseconds span,
                                 size_t points);

struct action_filter {
  uint64_t after = 0;  // only those with a higher number
  std::optional<workload_ref> workload;
  std::string outcome;  // "done", "refused"; empty: both
  std::string action;   // "resize", "evict"; empty: both
  size_t limit = 100;
};
std::string actions_view(const view_context& in, const action_filter& filter);
std::string audit_view(const view_context& in, uint64_t before, size_t limit);
std::string events_view(const view_context& in, size_t limit, bool warnings_only);

/// One live event's data.
std::string action_json(const action_entry& entry);
std::string audit_json(const audit_entry& entry);
std::string kill_json(const workload_ref& ref, const kill_mark& kill);
std::string sample_json(const view_context& in);

/// {"error": {"code", "message", "field"}}
std::string error_json(std::string_view code, std::string_view message,
                       std::string_view field = {});

}  // namespace scaleops::dashboards::logic
