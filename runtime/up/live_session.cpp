#include "runtime/up/live_session.hpp"

#include <caf/send.hpp>

#include "messages/labels.hpp"
#include "runtime/embedded/cluster.hpp"
#include "runtime/kube/read_only_view.hpp"
#include "runtime/loop/real_time.hpp"
#include "runtime/up/session.hpp"

namespace scaleops {

namespace {

constexpr const char* viewers = "scaleops:viewers";
constexpr milliseconds longest_learning = std::chrono::seconds{45};

kube::client_config client_config() {
  kube::client_config config;
  config.transport.read_only = true;
  config.transport.user_agent = "scaleops-up (read-only)";
  config.first_watch = kube::first_real_watch;
  return config;
}

/// What we would write into the cluster stands here instead.
std::shared_ptr<embedded::cluster_model> make_store(instant now,
                                                    const std::optional<policy_spec>& wanted) {
  embedded::embedded_config config;
  config.start = now;
  embedded::cluster_spec spec;
  if (wanted) {
    policy custom;
    custom.meta.ns = labels::system_namespace;
    custom.meta.name = "production";
    custom.spec = *wanted;
    spec.others.push_back(custom);
  }
  return std::make_shared<embedded::cluster_model>(config, std::move(spec));
}

double counter(const prometheus::Registry& registry, const std::string& name) {
  double sum = 0;
  for (auto& family : registry.Collect())
    if (family.name == name)
      for (auto& metric : family.metric)
        sum += metric.counter.value + metric.gauge.value;
  return sum;
}

}  // namespace

live_session::live_session(settings with)
    : with_{std::move(with)},
      loop_{real_time_config(with_.seed)},
      registry_{std::make_shared<prometheus::Registry>()} {
  client_ = std::make_unique<kube::kube_client>(loop_.system(), io_, with_.access, client_config(),
                                                registry_);
  share_thread(loop_, io_);
}

live_session::~live_session() {
  if (web_)
    web_->stop();
  platform_.reset();
  loop_.settle();
  client_->stop();
  view_ = nullptr;
  settle_both(loop_, io_);
}

std::string live_session::connect() {
  std::optional<std::string> answer;
  client_->probe([&](const std::string& problem, const std::string& version) {
    answer = problem;
    version_ = version;
  });
  while (!answer) {
    io_.restart();
    io_.run_one_for(std::chrono::seconds{1});
  }
  return *answer;
}

void live_session::start() {
  begin_ = loop_.now();
  store_ = make_store(begin_, with_.policy);
  auto store = loop_.own(embedded::spawn_embedded_cluster(loop_.system(), loop_.anchor(), store_));
  view_ =
    loop_.own(kube::spawn_read_only_view(loop_.system(), client_->actor(), kube_actor{store}));

  auto config = embedded_platform_config(with_.seed, with_.scrape_interval);
  config.dashboards.read_only = true;
  config.dashboards.access.bindings = {{dashboards::logic::role::viewer, {}, {viewers}, {}}};
  config.dashboards.one_time_token = with_.sign_in_token;
  config.dashboards.one_time_user = {"viewer", {viewers}};
  config.dashboards.session_secret = with_.session_secret;
  platform_ports ports;
  ports.anchor = loop_.anchor();
  ports.kube = [this](component) { return view_; };
  platform_ = std::make_unique<platform>(loop_.system(), std::move(config), std::move(ports));
  for (auto which : all_components)
    if (which != component::agent)
      platform_->start(which);
  if (with_.prometheus)
    learn();
  platform_->start(component::agent);
}

/// The past comes before the present: usage is learned in order of time.
void live_session::learn() {
  bool done = false;
  history::backfill_config config;
  config.prometheus = *with_.prometheus;
  config.span = with_.history;
  config.now = loop_.now();
  history::backfill past{loop_.system(),
                         io_,
                         config,
                         view_,
                         platform_->handle<recommender_actor>(component::recommender),
                         registry_,
                         [&](const history::backfill_result&) { done = true; }};
  auto end = loop_.now() + longest_learning;
  while (!done && loop_.now() < end)
    loop_.run_for(std::chrono::milliseconds{20});
  past_ = past.result();
  if (!done && past_->problem.empty())
    past_->problem = "not all of it could be read in " + format_duration(longest_learning);
}

std::string live_session::listen(const endpoint& where) {
  web_ = std::make_unique<web_front>(loop_.system(), *platform_, where, &io_);
  auto problem = web_->start();
  if (!problem.empty())
    web_.reset();
  else
    web_->on_signal([this] { loop_.stop(); });
  return problem;
}

bool live_session::run(milliseconds span) {
  return loop_.run_for(span);
}

live_report live_session::report() {
  auto now = loop_.now();
  live_report out;
  out.context = with_.access.name;
  out.server = with_.access.server.to_string();
  out.version = version_;
  out.from = begin_;
  out.to = now;
  store_->state().store.each(object_kind::recommendation, {},
                             [&](embedded::object_store::handle entry) {
                               auto& value = entry->as<recommendation>();
                               bool ours = value.meta.ns == labels::canary_namespace;
                               if (!ours && !value.status.containers.empty())
                                 out.workloads.push_back(weigh(value));
                             });
  auto& agent = *platform_->registry(component::agent);
  out.pods = uint64_t(counter(agent, "scaleops_agent_pods"));
  out.measured = uint64_t(counter(agent, "scaleops_agent_samples_total"));
  for (auto& [what, line] : client_->troubles())
    out.troubles.push_back(line);
  complete(out);
  return out;
}

}  // namespace scaleops
