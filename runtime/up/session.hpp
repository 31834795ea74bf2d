// One `scaleops up`: embedded cluster, platform and web front on one loop.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/config/options.hpp"
#include "runtime/loop/run_loop.hpp"
#include "runtime/platform/platform.hpp"
#include "runtime/up/cluster_choice.hpp"
#include "runtime/up/report.hpp"
#include "runtime/up/web_front.hpp"

namespace scaleops {

/// The platform's settings for an embedded run.
platform_config embedded_platform_config(uint64_t seed, milliseconds scrape_interval);

class up_session {
public:
  struct settings {
    uint64_t seed = 1;
    double speed = 0;  // 0: as fast as possible
    milliseconds scrape_interval = std::chrono::seconds{15};
    std::string sign_in_token;          // for the dashboard; empty: no one can sign in
    std::string session_secret;         // signs session cookies
    std::optional<policy_spec> policy;  // replaces "production"
    bool account = false;
    instant begin{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
  };

  up_session(settings with, cluster_choice choice);
  ~up_session();
  up_session(const up_session&) = delete;
  up_session& operator=(const up_session&) = delete;

  /// Opens the web front. Empty when listening, else one line that says why not.
  std::string listen(const endpoint& where);
  std::string url() const { return web_ ? web_->url() : std::string{}; }

  /// Runs for so long, or until stopped. True when the time is up.
  bool run(milliseconds span);
  void stop() { loop_.stop(); }

  run_loop& loop() { return loop_; }
  platform& components() { return *platform_; }
  embedded::cluster_model& cluster() { return *model_; }
  const std::set<std::string>& granted() const { return granted_; }
  run_report report() const;

private:
  settings with_;
  std::set<std::string> granted_;
  run_loop loop_;
  std::shared_ptr<embedded::cluster_model> model_;
  kube_actor kube_;
  std::unique_ptr<platform> platform_;
  std::unique_ptr<web_front> web_;
  requested_now at_start_;
};

}  // namespace scaleops
