#include "runtime/admission/webhook_service.hpp"

#include <optional>

#include <prometheus/registry.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/steady_timer.hpp>
#include <caf/actor_cast.hpp>

#include "runtime/clock.hpp"
#include "runtime/http/asio_bridge.hpp"
#include "runtime/kube/url.hpp"
#include "runtime/tls/server_tls.hpp"

namespace scaleops::webhook {

namespace {

namespace asio = boost::asio;

constexpr const char* review_path = "/mutate";
// The API server gives up after timeoutSeconds 2 of the registration.
constexpr milliseconds most_for_an_answer = std::chrono::seconds{5};

webhook_options completed(webhook_options options) {
  if (!options.now)
    options.now = wall_now;
  return options;
}

bool is_address(const std::string& host) {
  boost::system::error_code ec;
  asio::ip::make_address(host, ec);
  return !ec;
}

tls::certificate_wish certificate_for(const webhook_options& options) {
  tls::certificate_wish out;
  out.authority_name = "scaleops " + options.service;
  auto name = options.service + "." + options.ns + ".svc";
  out.names.common_name = name;
  out.names.dns = {name, name + ".cluster.local"};
  if (options.url.empty())
    return out;
  auto parsed = kube::parse_url(options.url);
  if (parsed)
    (is_address(parsed->host) ? out.names.addresses : out.names.dns).push_back(parsed->host);
  return out;
}

registrar_config registrar_for(const webhook_options& options) {
  registrar_config out;
  out.secret = options.secret;
  out.registration = options.registration;
  out.wish.service = options.service;
  out.wish.ns = options.ns;
  out.wish.path = review_path;
  out.wish.port = options.service_port;
  out.wish.url = options.url;
  out.wish.excluded_namespaces = options.excluded_namespaces;
  out.certificate = certificate_for(options);
  out.rotation = options.rotation;
  out.every = options.look_every;
  out.now = options.now;
  return out;
}

workers_config workers_for(const webhook_options& options,
                           const std::shared_ptr<tls::server_tls>& shown) {
  workers_config out;
  out.threads = options.workers;
  out.path = review_path;
  out.http.address = options.address;
  out.http.port = options.port;
  out.http.tls = shown;
  out.http.handshake_timeout = out.http.read_timeout = out.http.write_timeout = most_for_an_answer;
  out.http.idle_timeout = std::chrono::minutes{5};  // longer than Go's client keeps one: 90 s
  out.desk.patch = options.patch;
  out.desk.now = options.now;
  return out;
}

}  // namespace

class webhook_service::impl : public std::enable_shared_from_this<webhook_service::impl> {
public:
  impl(asio::io_context& io, kube::document_port api, admissions_feed_actor admissions,
       webhook_options options, const std::shared_ptr<prometheus::Registry>& registry)
      : options_{completed(std::move(options))},
        admissions_{std::move(admissions)},
        registry_{registry},
        shown_{std::make_shared<tls::server_tls>()},
        workers_{workers_for(options_, shown_), *registry_},
        registrar_{
          std::make_shared<registrar>(registrar_for(options_), std::move(api), shown_, *registry_)},
        next_beat_{io},
        next_round_{io},
        drained_{io} {}

  std::string start(caf::actor_system& sys, asio::io_context& io) {
    if (!options_.url.empty() && !kube::parse_url(options_.url))
      return "webhook url \"" + options_.url + "\" is no URL; write https://host:port/mutate";
    auto problem = workers_.start();
    if (!problem.empty())
      return problem;
    bridge_.emplace(sys, io, behavior());
    bridge_->self().send(
      admissions_, follow_snapshot{caf::actor_cast<snapshot_follower_actor>(bridge_->handle())});
    beat();
    look();
    return {};
  }

  void drain(std::function<void()> done) {
    if (std::exchange(draining_, true))
      return;
    workers_.answer_last();
    drained_.expires_after(options_.drain_for);
    drained_.async_wait([done = std::move(done)](boost::system::error_code ec) {
      if (!ec)
        done();
    });
  }

  void stop() {
    if (std::exchange(stopped_, true))
      return;
    next_beat_.cancel();
    next_round_.cancel();
    drained_.cancel();
    workers_.stop(draining_ ? most_for_an_answer : milliseconds{});
    if (bridge_) {
      report();
      bridge_->stop();
    }
    admissions_ = nullptr;
  }

  uint16_t port() const { return workers_.port(); }

  bool ready(std::string& detail) const {
    detail = draining_ ? "is on its way out" : registrar_->trouble();
    if (!registrar_->ready() && detail.empty())
      detail = "waiting for the webhook's certificate and registration";
    if (!followed_ && detail.empty())
      detail = "waiting for the snapshot";
    return registrar_->ready() && followed_ && !draining_;
  }

private:
  /// The admissions actor's news, handed to each desk. They may come after we are gone.
  caf::behavior behavior() {
    auto weak = weak_from_this();
    auto now = options_.now;
    auto tell = [weak](std::function<void(review_desk&)> news) {
      if (auto self = weak.lock(); self && !self->stopped_)
        self->workers_.tell(std::move(news));
    };
    return {
      [tell, weak, now](const snapshot_taken& all) {
        tell([keeper = all.keeper, now](review_desk& desk) {
          desk.take(*keeper);
          desk.heard(now());
        });
        if (auto self = weak.lock())
          self->followed_ = true;
      },
      [tell](const objects_changed& news) {
        tell([news](review_desk& desk) { desk.keeper().on_objects(news); });
      },
      [tell](const watch_synced& news) {
        tell([news](review_desk& desk) { desk.keeper().on_synced(news); });
      },
      [tell, now](const watch_lost& news) {
        tell([news, at = now()](review_desk& desk) { desk.keeper().on_lost(news, at); });
      },
      [tell](const recommendation_made& news) {
        tell([news](review_desk& desk) { desk.keeper().on_recommendation(news); });
      },
    };
  }

  /// Whether the actor is alive, told to each desk: where it is not, their snapshots grow stale.
  void beat() {
    report();
    bridge_->self()
      .request(admissions_, caf::timespan{options_.beat_every}, status_query{})
      .then(
        [weak = weak_from_this()](const component_status&) {
          if (auto self = weak.lock(); self && !self->stopped_)
            self->workers_.tell([at = self->options_.now()](review_desk& desk) { desk.heard(at); });
        },
        [](caf::error&) {});
    next_beat_.expires_after(options_.beat_every);
    next_beat_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
      auto self = weak.lock();
      if (!ec && self && !self->stopped_)
        self->beat();
    });
  }

  /// The threads' answers count as the actor's own.
  void report() {
    if (auto count = workers_.take_answered(); count > 0)
      bridge_->self().send(admissions_, reviews_answered{count});
  }

  void look() {
    registrar_->round([weak = weak_from_this()](milliseconds wait) {
      auto self = weak.lock();
      if (!self || self->stopped_)
        return;
      self->next_round_.expires_after(wait);
      self->next_round_.async_wait([weak](boost::system::error_code ec) {
        auto again = weak.lock();
        if (!ec && again && !again->stopped_)
          again->look();
      });
    });
  }

  webhook_options options_;
  admissions_feed_actor admissions_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<tls::server_tls> shown_;
  review_workers workers_;
  std::shared_ptr<registrar> registrar_;
  asio::steady_timer next_beat_;
  asio::steady_timer next_round_;
  asio::steady_timer drained_;
  std::optional<asio_bridge> bridge_;
  bool followed_ = false;
  bool draining_ = false;
  bool stopped_ = false;
};

webhook_service::webhook_service(caf::actor_system& sys, asio::io_context& io,
                                 kube::document_port api, admissions_feed_actor admissions,
                                 webhook_options options,
                                 std::shared_ptr<prometheus::Registry> registry)
    : x_{std::make_shared<impl>(io, std::move(api), std::move(admissions), std::move(options),
                                registry)},
      sys_{sys},
      io_{io} {}

webhook_service::~webhook_service() {
  stop();
}

std::string webhook_service::start() {
  return x_->start(sys_, io_);
}

void webhook_service::drain(std::function<void()> done) {
  x_->drain(std::move(done));
}

void webhook_service::stop() {
  x_->stop();
}

uint16_t webhook_service::port() const {
  return x_->port();
}

bool webhook_service::ready(std::string& detail) const {
  return x_->ready(detail);
}

}  // namespace scaleops::webhook
