// One `scaleops up` on a real cluster: all components in this process, in real time, changing
// nothing. One thread does everything, sockets included.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>

#include "runtime/config/options.hpp"
#include "runtime/embedded/model.hpp"
#include "runtime/history/backfill.hpp"
#include "runtime/kube/client.hpp"
#include "runtime/loop/run_loop.hpp"
#include "runtime/platform/platform.hpp"
#include "runtime/up/live_report.hpp"
#include "runtime/up/web_front.hpp"

namespace scaleops {

class live_session {
public:
  struct settings {
    kube::cluster_access access;
    milliseconds scrape_interval = std::chrono::seconds{15};
    std::string sign_in_token;  // for the dashboard; empty: no one can sign in
    std::string session_secret;
    std::optional<policy_spec> policy;         // replaces "production"
    std::optional<kube::base_url> prometheus;  // that remembers the past; absent: there is none
    milliseconds history = std::chrono::hours{48};
    uint64_t seed = 1;
  };

  explicit live_session(settings with);
  ~live_session();
  live_session(const live_session&) = delete;
  live_session& operator=(const live_session&) = delete;

  /// Whether the cluster is there and lets us in. Empty, or one line that names cause and fix.
  std::string connect();
  const std::string& version() const { return version_; }

  /// Starts the components, and lets them learn from Prometheus' past first, where there is one.
  void start();
  /// What was learned from the past; absent: none was asked for.
  const std::optional<history::backfill_result>& past() const { return past_; }

  /// Opens the web front. Empty when listening, else one line that says why not.
  std::string listen(const endpoint& where);
  std::string url() const { return web_ ? web_->url() : std::string{}; }

  /// Runs for so long, or until stopped. True when the time is up.
  bool run(milliseconds span);
  void stop() { loop_.stop(); }
  live_report report();

private:
  void learn();

  settings with_;
  boost::asio::io_context io_{1};
  run_loop loop_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<kube::kube_client> client_;
  std::shared_ptr<embedded::cluster_model> store_;
  kube_actor view_;
  std::unique_ptr<platform> platform_;
  std::unique_ptr<web_front> web_;
  std::string version_;
  std::optional<history::backfill_result> past_;
  instant begin_{};
};

}  // namespace scaleops
