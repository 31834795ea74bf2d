#include "runtime/up/session.hpp"

#include <caf/send.hpp>

#include "messages/labels.hpp"
#include "runtime/embedded/cluster.hpp"
#include "runtime/zones/time_zones.hpp"

namespace scaleops {

namespace {

constexpr const char* admins = "scaleops:admins";

embedded::embedded_config cluster_config(const up_session::settings& with) {
  embedded::embedded_config config;
  config.seed = with.seed;
  config.start = with.begin;
  config.step = with.scrape_interval;
  if (!with.sign_in_token.empty())
    config.tokens[with.sign_in_token] = {"demo-admin", {admins}};
  return config;
}

void add_policy(embedded::cluster_spec& spec, const std::optional<policy_spec>& wanted) {
  if (!wanted)
    return;
  policy custom;
  custom.meta.ns = labels::system_namespace;
  custom.meta.name = "production";
  custom.spec = *wanted;
  spec.others.push_back(custom);
}

}  // namespace

platform_config embedded_platform_config(uint64_t seed, milliseconds scrape_interval) {
  platform_config config;
  config.seed = seed;
  config.agent.scrape_interval = scrape_interval;
  config.agent.oldest_sample =
    std::max<milliseconds>(config.agent.oldest_sample, 5 * scrape_interval);
  config.updater.zones = zone_offset_at;
  config.updater.policies = builtin_policy_table();
  config.admissions.policies = config.updater.policies;
  config.dashboards.policies = config.updater.policies;
  return config;
}

up_session::up_session(settings with, cluster_choice choice)
    : with_{std::move(with)},
      granted_{std::move(choice.granted)},
      loop_{{.begin = with_.begin,
             .speed = with_.speed,
             .seed = with_.seed,
             .account = with_.account}} {
  add_policy(choice.spec, with_.policy);
  model_ = std::make_shared<embedded::cluster_model>(cluster_config(with_), std::move(choice.spec));
  embedded::embedded_cluster_actor cluster;
  loop_.attribute("cluster", [&] {
    cluster = loop_.own(embedded::spawn_embedded_cluster(loop_.system(), loop_.anchor(), model_));
  });
  kube_ = cluster;
  auto config = embedded_platform_config(with_.seed, with_.scrape_interval);
  config.dashboards.access.anonymous = dashboards::logic::role::viewer;
  config.dashboards.access.bindings = {{dashboards::logic::role::admin, {}, {admins}, {}}};
  config.dashboards.one_time_token = with_.sign_in_token;
  config.dashboards.one_time_user = {"demo-admin", {admins}};
  config.dashboards.session_secret = with_.session_secret;
  platform_ports ports;
  ports.anchor = loop_.anchor();
  ports.kube = [this](component) { return kube_; };
  ports.attribute = [this](component which, const std::function<void()>& make) {
    loop_.attribute(std::string(to_string(which)), make);
  };
  platform_ = std::make_unique<platform>(loop_.system(), std::move(config), std::move(ports));
  caf::anon_send(
    cluster, embedded::connect_webhook{platform_->handle<admissions_actor>(component::admissions)});
  platform_->start_all();
  at_start_ = measure_requests(*model_, granted_);
}

up_session::~up_session() {
  if (web_)
    web_->stop();
  platform_.reset();
  loop_.settle();
}

std::string up_session::listen(const endpoint& where) {
  web_ = std::make_unique<web_front>(loop_.system(), *platform_, where);
  auto problem = web_->start();
  if (!problem.empty()) {
    web_.reset();
    return problem;
  }
  loop_.poll = [this] { web_->poll(); };
  loop_.wait = [this](run_loop::duration span) { web_->wait(span); };
  web_->on_signal([this] { loop_.stop(); });
  return {};
}

bool up_session::run(milliseconds span) {
  return loop_.run_for(span);
}

run_report up_session::report() const {
  return make_report(*model_, *platform_, granted_, at_start_, with_.begin, with_.seed,
                     loop_.digest());
}

}  // namespace scaleops
