#include "integration/sim/draw/config_draw.hpp"

#include <initializer_list>

#include "runtime/up/session.hpp"

namespace scaleops::sim {

namespace {

using namespace std::chrono_literals;

template <class T>
T one_of(entropy& dice, std::initializer_list<T> values) {
  return values.begin()[dice.below(values.size())];
}

void draw_agent(agent_config& out, milliseconds scrape, entropy& dice) {
  out.scrape_interval = scrape;
  out.scrape_timeout = one_of<milliseconds>(dice, {2s, 10s});
  out.batch_timeout = one_of<milliseconds>(dice, {5s, 30s});
  out.batch_most = one_of<size_t>(dice, {500, 200'000});
  out.lease_duration = one_of<milliseconds>(dice, {15s, 30s, 60s});
  out.lease_renew = out.lease_duration / 3;
  out.bookmark_patience = one_of<milliseconds>(dice, {5min, 10min});
}

void draw_recommender(recommender_config& out, entropy& dice) {
  out.decide_interval = one_of<milliseconds>(dice, {30s, 1min, 5min});
  out.status_interval = one_of<milliseconds>(dice, {10min, 30min});
  out.checkpoint_interval = one_of<milliseconds>(dice, {2min, 10min, 30min});
  out.checkpoint_slots = one_of<uint32_t>(dice, {1, 4, 16});
  out.writes_at_once = one_of<uint32_t>(dice, {1, 16});
  out.request_timeout = one_of<milliseconds>(dice, {5s, 15s});
  out.bookmark_patience = one_of<milliseconds>(dice, {5min, 10min});
}

void draw_updater(updater_config& out, entropy& dice) {
  out.tick = one_of<milliseconds>(dice, {5s, 10s, 20s});
  out.full_scan = one_of<milliseconds>(dice, {30s, 1min, 5min});
  out.request_timeout = one_of<milliseconds>(dice, {5s, 10s});
  out.bookmark_patience = one_of<milliseconds>(dice, {5min, 10min});
  out.lease_duration = one_of<milliseconds>(dice, {15s, 30s, 60s});
  out.lease_renew = out.lease_duration / 3;
  out.most_measured = one_of<size_t>(dice, {1, 16});
  out.retries = one_of<uint32_t>(dice, {0, 3});
  out.retry_first = one_of<milliseconds>(dice, {1s, 5s});
  out.replacement_patience = one_of<milliseconds>(dice, {2min, 10min});
  out.last_action_gap = one_of<milliseconds>(dice, {5s, 30s});
  auto& rules = out.rules;
  rules.disruptions_per_minute = one_of(dice, {1.0, 6.0, 30.0});
  rules.resizes_per_minute = one_of(dice, {6.0, 120.0});
  rules.disruption_share = one_of(dice, {0.1, 0.5});
  rules.resize_share = one_of(dice, {0.25, 1.0});
  rules.resize_gap = one_of<milliseconds>(dice, {10s, 1min, 10min});
  rules.deferred_urgent = one_of<milliseconds>(dice, {1min, 5min});
  rules.deferred_other = one_of<milliseconds>(dice, {5min, 30min});
  rules.fight_reverts = one_of<uint32_t>(dice, {2, 3});
  rules.in_place = !dice.chance(0.1);
  rules.revert_withdrawn = dice.chance(0.3);
}

void draw_rest(platform_config& out, entropy& dice) {
  out.admissions.bookmark_patience = one_of<milliseconds>(dice, {5min, 10min});
  out.dashboards.sample_period = one_of<milliseconds>(dice, {1min, 5min});
  out.dashboards.poll_period = one_of<milliseconds>(dice, {30s, 1min});
  out.dashboards.status_period = one_of<milliseconds>(dice, {1min, 2min});
  out.dashboards.readings_at_once = one_of<size_t>(dice, {1, 8});
  out.healthcheck.round_interval = one_of<milliseconds>(dice, {2min, 3min});
  out.healthcheck.answer_timeout = one_of<milliseconds>(dice, {2s, 5s});
  out.healthcheck.usage_silence = std::max<milliseconds>(5min, 5 * out.agent.scrape_interval);
}

drawn_config base(uint64_t seed, milliseconds scrape) {
  drawn_config out;
  out.platform = embedded_platform_config(seed, scrape);
  out.platform.agent.oldest_sample = std::max<milliseconds>(5min, 5 * scrape);
  out.platform.healthcheck.usage_silence = std::max<milliseconds>(5min, 5 * scrape);
  out.platform.dashboards.access.anonymous = dashboards::logic::role::viewer;
  out.cluster.seed = seed;
  out.cluster.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  out.cluster.step = scrape;
  return out;
}

}  // namespace

drawn_config plain_config(uint64_t seed, milliseconds scrape) {
  auto out = base(seed, scrape);
  out.platform.dashboards.poll_period = 10s;
  return out;
}

drawn_config draw_config(uint64_t seed) {
  entropy dice{seed ^ 0xc0f1'6000};
  auto scrape = one_of<milliseconds>(dice, {15s, 60s, 60s, 120s});
  auto out = base(seed, scrape);
  draw_agent(out.platform.agent, scrape, dice);
  draw_recommender(out.platform.recommender, dice);
  draw_updater(out.platform.updater, dice);
  out.cluster.bookmark_every = one_of<milliseconds>(dice, {1min, 2min, 4min});
  draw_rest(out.platform, dice);
  out.cluster.step = std::max<milliseconds>(scrape, 30s);
  out.cluster = embedded::hostile(out.cluster, dice);
  return out;
}

}  // namespace scaleops::sim
