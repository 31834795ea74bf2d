#include "runtime/peer/remote_component.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <boost/asio/steady_timer.hpp>
#include <caf/typed_response_promise.hpp>

#include "messages/entropy.hpp"
#include "messages/labels.hpp"
#include "messages/wire/codec.hpp"
#include "runtime/http/asio_bridge.hpp"
#include "runtime/kube/transport.hpp"
#include "runtime/peer/news_queue.hpp"
#include "runtime/peer/peer_server.hpp"
#include "runtime/peer/status_json.hpp"

namespace scaleops::peer {

namespace {

constexpr size_t most_news = 500;  // workloads in one message

kube::transport_config way_config(uint64_t seed) {
  kube::transport_config config;
  config.per_second = 1'000;
  config.burst = 1'000;
  config.connections = 8;
  config.body_limit = wire::most_bytes;
  config.seed = seed;
  return config;
}

kube::cluster_access access_to(const kube::base_url& where, component which) {
  kube::cluster_access access;
  access.name = to_string(which);
  access.server = where;
  return access;
}

/// A peer's own words for what it did not take.
ec code_of_status(int status) {
  switch (status) {
    case 400:
      return ec::invalid;
    case 401:
      return ec::unauthorized;
    case 403:
      return ec::forbidden;
    case 404:
      return ec::not_found;
    case 503:
      return ec::unavailable;
    default:
      return ec::server_error;
  }
}

std::string first_line(const std::string& text) {
  return text.substr(0, std::min<size_t>(text.find('\n'), 200));
}

}  // namespace

class remote_component::impl : public std::enable_shared_from_this<remote_component::impl> {
public:
  using taken = std::function<void(const caf::error& problem, wire::body answer)>;

  impl(boost::asio::io_context& io, remote_config config, kube_actor kube,
       const std::shared_ptr<prometheus::Registry>& registry)
      : config_{std::move(config)},
        kube_{std::move(kube)},
        registry_{registry},
        status_way_{io, access_to(config_.status, config_.which), way_config(config_.seed),
                    std::make_shared<prometheus::Registry>()},
        timer_{io},
        feeder_{entropy{config_.seed}.next()},
        sent_{prometheus::BuildCounter()
                .Name("scaleops_peer_messages_sent_total")
                .Help("Messages to other components, by what became of them")
                .Register(*registry)},
        waiting_{prometheus::BuildGauge()
                   .Name("scaleops_peer_news_waiting")
                   .Help("Workloads of which another component was not told yet")
                   .Register(*registry)
                   .Add({{"to", std::string{to_string(config_.which)}}})} {
    if (config_.peer)
      way_.emplace(io, *config_.peer, way_config(config_.seed + 1),
                   std::make_shared<prometheus::Registry>());
  }

  void start(caf::actor_system& sys, boost::asio::io_context& io) {
    bridge_.emplace(sys, io, behavior());
    actor = bridge_->handle();
  }

  void stop() {
    if (!bridge_)
      return;
    timer_.cancel();
    status_way_.stop();
    if (way_)
      way_->stop();
    actor = nullptr;
    bridge_->stop();
    bridge_.reset();
    kube_ = nullptr;
  }

  caf::actor actor;

private:
  caf::behavior behavior() {
    auto weak = weak_from_this();
    return {
      [weak](status_query) { return answer<component_status>(weak, &impl::ask_status); },
      // recommender
      [weak](const workload_seen& m) {
        if (auto self = weak.lock(); self && m.facts)
          self->tell([&](news_queue& news) { news.seen(m.facts); });
      },
      [weak](const workload_gone& m) {
        if (auto self = weak.lock())
          self->tell([&](news_queue& news) { news.gone(m.ref); });
      },
      [weak](const usage_batch& m) { return ask<usage_ack>(weak, m); },
      [weak](const recommendation_query& m) { return ask<recommendation_made>(weak, m); },
      [weak](const evidence_query& m) { return ask<recommendation_evidence>(weak, m); },
      [weak](const risk_query& m) { return ask<workload_risk>(weak, m); },
      [weak](const usage_shape_query& m) { return ask<usage_shape>(weak, m); },
      // updater
      [weak](const update_log_query& m) { return ask<update_log>(weak, m); },
      [weak](const pause_updates& m) {
        return answer<component_status>(
          weak, [&m](impl& self, auto promise) { self.pause(m, std::move(promise)); });
      },
    };
  }

  /// A promise of an answer, in the hands of `handler`.
  template <class Answer, class Handler>
  static caf::result<Answer> answer(const std::weak_ptr<impl>& weak, Handler handler) {
    auto self = weak.lock();
    if (!self || !self->bridge_)
      return fail(ec::shutting_down, "this process is going away");
    auto promise = self->bridge_->self().make_response_promise<Answer>();
    std::invoke(handler, *self, promise);
    return promise;
  }

  template <class Answer, class Question>
  static caf::result<Answer> ask(const std::weak_ptr<impl>& weak, const Question& question) {
    return answer<Answer>(weak, [&](impl& self, caf::typed_response_promise<Answer> promise) {
      self.post(question, [promise](const caf::error& problem, wire::body told) mutable {
        if (problem)
          promise.deliver(problem);
        else if (auto* found = std::get_if<Answer>(&told))
          promise.deliver(std::move(*found));
        else
          promise.deliver(fail(ec::server_error, "an answer to another question"));
      });
    });
  }

  // ---- status ----

  void ask_status(caf::typed_response_promise<component_status> promise) {
    kube::api_call call;
    call.target = "/status";
    call.timeout = config_.status_timeout;
    call.resource = "status";
    status_way_.call(
      std::move(call), [self = shared_from_this(), promise](const kube::api_answer& got) mutable {
        std::string problem;
        auto status = got.status == 200 ? parse_status(got.body, problem) : std::nullopt;
        if (got.status == 0)
          promise.deliver(fail(got.failure, got.problem));
        else if (status && status->which == self->config_.which)
          promise.deliver(std::move(*status));
        else
          promise.deliver(fail(ec::server_error,
                               fmt::format("{}/status answers {} {}",
                                           self->config_.status.to_string(), got.status, problem)));
      });
  }

  /// The switch that everybody sees. The updater need not be there for it.
  void pause(const pause_updates& wish, caf::typed_response_promise<component_status> promise) {
    patch_metadata patch;
    patch.key = {object_kind::namespace_object, {}, std::string{labels::system_namespace}, {}};
    patch.annotations.emplace(labels::updates_paused,
                              wish.paused ? std::optional{wish.by} : std::nullopt);
    bridge_->self()
      .request(kube_, config_.answer_timeout, std::move(patch))
      .then(
        [self = shared_from_this(), promise, paused = wish.paused](object_ptr&) mutable {
          component_status status;
          status.which = self->config_.which;
          status.ready = true;
          status.detail = paused ? "told to stop" : "told to go on";
          promise.deliver(std::move(status));
        },
        [promise](caf::error& error) mutable { promise.deliver(std::move(error)); });
  }

  // ---- messages ----

  void post(wire::body what, taken done) {
    if (!way_)
      return done(fail(ec::invalid,
                       fmt::format("{} takes no messages of other pods", to_string(config_.which))),
                  {});
    auto bytes = wire::encode({++last_id_, std::move(what)});
    if (!bytes)
      return done(fail(ec::invalid, "the message is too large"), {});
    kube::api_call call;
    call.method = "POST";
    call.target = peer_path;
    call.content_type = peer_content_type;
    call.accept = peer_content_type;
    call.body = std::move(*bytes);
    call.timeout = config_.answer_timeout;
    call.verb = "create";
    call.resource = "peer";
    way_->call(std::move(call),
               [self = shared_from_this(), done = std::move(done)](const kube::api_answer& got) {
                 wire::body told;
                 auto problem = self->read(got, told);
                 self->sent_
                   .Add({{"to", std::string{to_string(self->config_.which)}},
                         {"result", std::string{problem ? to_string(code_of(problem)) : "ok"}}})
                   .Increment();
                 done(problem, std::move(told));
               });
  }

  caf::error read(const kube::api_answer& got, wire::body& told) const {
    if (got.status == 0)
      return fail(got.failure, got.problem);
    if (got.status != 200)
      return fail(code_of_status(got.status), fmt::format("{}: {} {}", to_string(config_.which),
                                                          got.status, first_line(got.body)));
    auto message = wire::decode(got.body);
    if (!message.value)
      return fail(ec::server_error,
                  fmt::format("{}: {}", to_string(config_.which), message.problem));
    told = std::move(message.value->what);
    if (auto* failure = std::get_if<wire::failure>(&told))
      return fail(failure->code, failure->text);
    return {};
  }

  // ---- news of workloads ----

  template <class Add>
  void tell(Add add) {
    add(news_);
    show();
    if (!telling_)
      send_news();
  }

  /// Facts travel as a batch without samples: one message for many, and acknowledged.
  void send_news() {
    telling_ = !news_.empty();
    if (!telling_)
      return;
    auto portion = std::make_shared<news_queue::portion>(news_.take(most_news));
    std::vector<workload_usage> facts;
    for (auto& each : portion->seen)
      facts.push_back({each, {}, {}});
    if (facts.empty())
      return send_gone(portion);
    usage_batch batch{feeder_, ++seq_,
                      std::make_shared<const std::vector<workload_usage>>(std::move(facts))};
    post(std::move(batch),
         [self = shared_from_this(), portion](const caf::error& problem, const wire::body&) {
           if (problem)
             return self->again(portion);
           portion->seen.clear();
           self->send_gone(portion);
         });
  }

  void send_gone(const std::shared_ptr<news_queue::portion>& portion) {
    if (portion->gone.empty()) {
      retry_ = {};
      show();
      return send_news();
    }
    post(workload_gone{portion->gone.back()},
         [self = shared_from_this(), portion](const caf::error& problem, const wire::body&) {
           if (problem)
             return self->again(portion);
           portion->gone.pop_back();
           self->send_gone(portion);
         });
  }

  void again(const std::shared_ptr<news_queue::portion>& portion) {
    if (!bridge_)
      return;
    news_.put_back(std::move(*portion));
    show();
    retry_ = retry_.count() == 0 ? config_.retry_first
                                 : std::min<milliseconds>(retry_ * 2, config_.retry_last);
    timer_.expires_after(retry_);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      if (auto self = weak.lock(); self && !error)
        self->send_news();
    });
  }

  void show() { waiting_.Set(double(news_.size())); }

  remote_config config_;
  kube_actor kube_;
  std::shared_ptr<prometheus::Registry> registry_;  // keeps the counters alive
  kube::transport status_way_;
  std::optional<kube::transport> way_;
  boost::asio::steady_timer timer_;
  std::optional<asio_bridge> bridge_;
  news_queue news_;
  bool telling_ = false;
  milliseconds retry_{0};
  uint64_t feeder_;
  uint64_t seq_ = 0;
  uint64_t last_id_ = 0;
  prometheus::Family<prometheus::Counter>& sent_;
  prometheus::Gauge& waiting_;
};

remote_component::remote_component(caf::actor_system& sys, boost::asio::io_context& io,
                                   remote_config config, kube_actor kube,
                                   const std::shared_ptr<prometheus::Registry>& registry)
    : x_{std::make_shared<impl>(io, std::move(config), std::move(kube), registry)} {
  x_->start(sys, io);
}

remote_component::~remote_component() {
  x_->stop();
}

const caf::actor& remote_component::actor() const {
  return x_->actor;
}

void remote_component::stop() {
  x_->stop();
}

}  // namespace scaleops::peer
