// One maker a scenario file.
#pragma once

#include "integration/sim/scenarios/scenario.hpp"

namespace scaleops::sim {

scenario_card api_storm_is_ridden_out_card();
scenario_card clock_jump_is_harmless_card();
scenario_card drain_respects_pdb_card();
scenario_card leak_stops_at_cap_card();
scenario_card lost_watch_is_resumed_card();
scenario_card many_restarts_leave_one_leader_card();
scenario_card metrics_outage_changes_nothing_card();
scenario_card node_lost_heals_card();
scenario_card oom_raises_memory_card();
scenario_card partition_heals_card();
scenario_card recommender_killed_forgets_nothing_card();
scenario_card revoked_grant_stops_changes_card();
scenario_card slow_leak_is_not_fed_card();
scenario_card stale_events_do_no_harm_card();
scenario_card unseen_oom_is_healed_card();
scenario_card updater_killed_mid_way_repeats_nothing_card();
scenario_card webhook_down_admits_unchanged_card();

}  // namespace scaleops::sim
