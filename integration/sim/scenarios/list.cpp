#include "integration/sim/scenarios/list.hpp"

namespace scaleops::sim {

const std::vector<scenario_card>& all_scenarios() {
  static const std::vector<scenario_card> all = {
    api_storm_is_ridden_out_card(),
    clock_jump_is_harmless_card(),
    drain_respects_pdb_card(),
    leak_stops_at_cap_card(),
    lost_watch_is_resumed_card(),
    many_restarts_leave_one_leader_card(),
    metrics_outage_changes_nothing_card(),
    node_lost_heals_card(),
    oom_raises_memory_card(),
    partition_heals_card(),
    recommender_killed_forgets_nothing_card(),
    revoked_grant_stops_changes_card(),
    slow_leak_is_not_fed_card(),
    stale_events_do_no_harm_card(),
    unseen_oom_is_healed_card(),
    updater_killed_mid_way_repeats_nothing_card(),
    webhook_down_admits_unchanged_card(),
  };
  return all;
}

}  // namespace scaleops::sim
