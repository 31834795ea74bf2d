#include "runtime/platform/platform.hpp"

#include <fmt/format.h>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>

#include "actors/recommender/logic/recommend.hpp"

namespace scaleops {

platform::platform(caf::actor_system& sys, platform_config config, platform_ports ports)
    : sys_{sys}, config_{std::move(config)}, ports_{std::move(ports)} {
  for (auto& part : parts_) {
    part.link = std::make_unique<component_link>(sys);
    part.registry = std::make_shared<prometheus::Registry>();
  }
}

platform::~platform() {
  for (auto which : all_components)
    kill(which);
}

void platform::start_all() {
  for (auto which : all_components)
    start(which);
}

void platform::start(component which) {
  auto& part = parts_[size_t(which)];
  if (part.root)
    return;
  component_env env;
  env.kube = ports_.kube(which);
  env.anchor = ports_.anchor;
  env.registry = part.registry;
  env.identity =
    ports_.identity.empty() ? fmt::format("{}-{}", to_string(which), part.starts) : ports_.identity;
  env.seed = config_.seed * 1'000'003 + uint64_t(which) * 101 + part.starts;
  ++part.starts;
  auto make = [&] { part.root = spawn(which, std::move(env)); };
  if (ports_.attribute)
    ports_.attribute(which, make);
  else
    make();
  part.link->connect(part.root);
  subscribe();
}

caf::strong_actor_ptr platform::spawn(component which, component_env env) {
  auto strong = [](const auto& handle) { return caf::actor_cast<caf::strong_actor_ptr>(handle); };
  switch (which) {
    case component::agent:
      return strong(spawn_agent(sys_, config_.agent, std::move(env),
                                handle<recommender_actor>(component::recommender)));
    case component::recommender:
      return strong(spawn_recommender(sys_, config_.recommender, std::move(env)));
    case component::admissions:
      return strong(spawn_admissions(sys_, config_.admissions, std::move(env)));
    case component::updater:
      return strong(spawn_updater(sys_, config_.updater, std::move(env),
                                  handle<component_actor>(component::admissions)));
    case component::dashboards: {
      dashboards_peers peers{handle<updater_actor>(component::updater),
                             {},
                             handle<recommender_actor>(component::recommender)};
      for (auto peer : all_components)
        peers.components.push_back(handle<component_actor>(peer));
      return strong(spawn_dashboards(sys_, config_.dashboards, std::move(env), std::move(peers)));
    }
    case component::healthcheck:
      return strong(spawn_healthcheck(
        sys_, config_.healthcheck, std::move(env),
        {handle<component_actor>(component::agent), handle<component_actor>(component::recommender),
         handle<component_actor>(component::admissions),
         handle<component_actor>(component::updater),
         handle<component_actor>(component::dashboards)}));
  }
  return nullptr;
}

/// Whoever started last, the recommender's news reach admissions and updater. Subscribing by
/// lasting addresses twice would double the news, so only a fresh recommender is told.
void platform::subscribe() {
  auto& recommender = parts_[size_t(component::recommender)];
  if (!recommender.root || recommender.starts == subscribed_to_)
    return;
  subscribed_to_ = recommender.starts;
  auto to = handle<recommender_actor>(component::recommender);
  for (auto sink : {component::admissions, component::updater})
    caf::anon_send(to, subscribe_recommendations{handle<recommendation_sink_actor>(sink)});
}

void platform::connect(component which, const caf::actor& elsewhere) {
  parts_[size_t(which)].link->connect(caf::actor_cast<caf::strong_actor_ptr>(elsewhere));
}

void platform::kill(component which) {
  auto& part = parts_[size_t(which)];
  if (!part.root)
    return;
  part.link->disconnect();
  caf::anon_send_exit(caf::actor_cast<caf::actor>(part.root), caf::exit_reason::kill);
  part.root = nullptr;
}

std::map<std::string, policy_spec> builtin_policy_table() {
  auto& builtin = builtin_policies();
  return {builtin.begin(), builtin.end()};
}

}  // namespace scaleops
