#include "runtime/component/component_session.hpp"

#include <algorithm>
#include <csignal>
#include <vector>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <boost/asio/signal_set.hpp>

#include "runtime/admission/webhook_service.hpp"
#include "runtime/clock.hpp"
#include "runtime/component/dashboard_front.hpp"
#include "runtime/component/peers.hpp"
#include "runtime/loop/real_time.hpp"
#include "runtime/peer/peer_gate.hpp"
#include "runtime/secret/secret.hpp"
#include "runtime/up/session.hpp"

namespace scaleops {

namespace {

uint64_t drawn_seed() {
  return std::stoull(random_hex(8), nullptr, 16);
}

kube::client_config client_config(component which) {
  kube::client_config config;
  config.transport.user_agent = fmt::format("scaleops-{}", to_string(which));
  config.transport.seed = drawn_seed();
  return config;
}

/// Short lives are settled and backdated in proportion: the usual hour would be all of them.
tls::rotation_rules rotation_of(const component_options& options) {
  tls::rotation_rules out;
  out.authority_life = options.authority_life;
  out.serving_life = std::min(options.certificate_life, options.authority_life);
  out.settling = std::min(out.settling, out.serving_life / 10);
  out.backdate = std::min(out.backdate, out.serving_life / 10);
  return out;
}

}  // namespace

/// What there is around the component, by what it is.
struct component_session::edges {
  explicit edges(boost::asio::io_context& io) : signals{io, SIGINT, SIGTERM} {}

  boost::asio::signal_set signals;
  std::vector<std::unique_ptr<peer::remote_component>> others;
  std::unique_ptr<component_front> front;
  std::unique_ptr<peer::peer_gate> gate;              // recommender, updater
  std::unique_ptr<webhook::webhook_service> webhook;  // admissions
  std::unique_ptr<dashboard_front> pages;             // dashboards

  void stop() {
    signals.cancel();
    if (pages)
      pages->stop();
    if (webhook)
      webhook->stop();
    if (gate)
      gate->stop();
    if (front)
      front->stop();
    for (auto& other : others)
      other->stop();
  }
};

component_session::component_session(component_options options, kube::cluster_access access)
    : options_{std::move(options)},
      loop_{real_time_config(drawn_seed())},
      registry_{std::make_shared<prometheus::Registry>()},
      edges_{std::make_unique<edges>(io_)} {
  client_ = std::make_unique<kube::kube_client>(loop_.system(), io_, std::move(access),
                                                client_config(options_.which), registry_);
  share_thread(loop_, io_);
}

component_session::~component_session() {
  edges_->stop();
  platform_.reset();
  loop_.settle();
  client_->stop();
  settle_both(loop_, io_);
}

std::string component_session::connect(milliseconds patience) {
  bool stopped = false;
  edges_->signals.async_wait(
    [&](const boost::system::error_code& error, int) { stopped = stopped || !error; });
  auto until = std::chrono::steady_clock::now() + patience;
  std::string problem, said;
  do {
    std::optional<std::string> answer;
    client_->probe([&](const std::string& what, const std::string& version) {
      answer = what;
      version_ = version;
    });
    while (!answer && !stopped) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds{200});
    }
    problem = answer.value_or("stopped");
    if (!problem.empty() && problem != said)
      spdlog::warn("{} waits for the API server: {}", to_string(options_.which), problem);
    said = problem;
    if (!problem.empty() && !stopped) {
      io_.restart();
      io_.run_for(std::chrono::seconds{1});
    }
  } while (!problem.empty() && !stopped && std::chrono::steady_clock::now() < until);
  edges_->signals.cancel();
  io_.restart();
  io_.poll();
  return problem;
}

platform_config component_session::components() const {
  auto config = embedded_platform_config(drawn_seed(), options_.scrape_interval);
  config.recommender.checkpoint_interval = options_.checkpoint_interval;
  config.dashboards.session_secret = random_hex(32);
  config.dashboards.access = access_of(options_);
  config.dashboards.secure_cookies = options_.secure_cookies;
  return config;
}

std::string component_session::start() {
  platform_ports ports;
  ports.anchor = loop_.anchor();
  ports.kube = [this](component) { return client_->actor(); };
  ports.identity = options_.identity;
  platform_ = std::make_unique<platform>(loop_.system(), components(), std::move(ports));
  connect_others();
  platform_->start(options_.which);
  return open_edges();
}

void component_session::connect_others() {
  for (auto which : spoken_to(options_.which)) {
    auto other = std::make_unique<peer::remote_component>(
      loop_.system(), io_, remote_config_of(options_, which, drawn_seed()), client_->actor(),
      registry_);
    platform_->connect(which, other->actor());
    edges_->others.push_back(std::move(other));
  }
}

std::string component_session::open_edges() {
  auto which = options_.which;
  auto documents = [this](kube::document_call call, kube::document_done done) {
    client_->call_document(std::move(call), std::move(done));
  };
  if (options_.listen_peers) {
    peer::peer_gate_config config;
    config.server.which = which;
    config.server.ns = options_.ns;
    config.listen = *options_.listen_peers;
    config.now = wall_now;
    peer::peer_root root;
    if (which == component::recommender)
      root.recommender = platform_->handle<recommender_actor>(which);
    else
      root.updater = platform_->handle<updater_actor>(which);
    edges_->gate =
      std::make_unique<peer::peer_gate>(loop_.system(), io_, std::move(config), client_->actor(),
                                        documents, std::move(root), registry_);
    if (auto problem = edges_->gate->start(); !problem.empty())
      return "--listen-peers: " + problem;
  }
  if (which == component::admissions) {
    webhook::webhook_options config;
    config.address = options_.listen->address;
    config.port = options_.listen->port;
    config.workers = options_.workers;
    config.ns = options_.ns;
    config.url = options_.webhook_url;
    config.excluded_namespaces = options_.excluded_namespaces;
    config.look_every = options_.look_every;
    config.drain_for = options_.drain_time;
    config.rotation = rotation_of(options_);
    edges_->webhook = std::make_unique<webhook::webhook_service>(
      loop_.system(), io_, documents, platform_->handle<admissions_feed_actor>(which),
      std::move(config), platform_->registry(which));
    if (auto problem = edges_->webhook->start(); !problem.empty())
      return "--listen: " + problem;
  }
  if (which == component::dashboards) {
    edges_->pages = std::make_unique<dashboard_front>(loop_.system(), io_, *options_.listen,
                                                      platform_->handle<dashboards_actor>(which));
    if (auto problem = edges_->pages->start(); !problem.empty())
      return "--listen: " + problem;
  }
  edges_->front = std::make_unique<component_front>(
    loop_.system(), io_, options_.listen_metrics, platform_->handle<component_actor>(which),
    [this](component_status& status) { amend(status); },
    std::vector<std::weak_ptr<prometheus::Collectable>>{registry_, platform_->registry(which)});
  if (auto problem = edges_->front->start(); !problem.empty())
    return "--listen-metrics: " + problem;
  return {};
}

/// What the root actor cannot know of its edges.
void component_session::amend(component_status& status) const {
  std::string trouble;
  if (edges_->webhook && !edges_->webhook->ready(trouble))
    status.ready = false;
  else if (edges_->gate)
    trouble = edges_->gate->trouble();
  if (!trouble.empty())
    status.detail = status.detail.empty() ? trouble : trouble + "; " + status.detail;
  for (auto& [what, line] : client_->troubles())
    status.detail += "; " + line;
}

std::string component_session::addresses() const {
  auto out = fmt::format("metrics {}:{}", options_.listen_metrics.address, edges_->front->port());
  if (edges_->gate)
    out += fmt::format(", peers {}:{}", options_.listen_peers->address, edges_->gate->port());
  if (edges_->webhook)
    out += fmt::format(", webhook {}:{}", options_.listen->address, edges_->webhook->port());
  if (edges_->pages)
    out += fmt::format(", pages {}:{}", options_.listen->address, edges_->pages->port());
  return out;
}

void component_session::run() {
  edges_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (!error)
      on_signal();
  });
  while (loop_.run_for(std::chrono::hours{24})) {
  }
}

/// The webhook's pod may be asked until all have heard that it goes; a second signal ends it now.
void component_session::on_signal() {
  if (!edges_->webhook)
    return loop_.stop();
  spdlog::info("{} answers what still comes for {} s", to_string(options_.which),
               double(options_.drain_time.count()) / 1000);
  edges_->webhook->drain([this] { loop_.stop(); });
  edges_->signals.async_wait([this](const boost::system::error_code& error, int) {
    if (!error)
      loop_.stop();
  });
}

}  // namespace scaleops
