#include "runtime/peer/peer_server.hpp"

#include <map>
#include <optional>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "runtime/http/asio_bridge.hpp"
#include "runtime/peer/roles.hpp"

namespace scaleops::peer {

namespace {

using clock = std::chrono::steady_clock;

/// What came in, until it is answered.
struct post {
  std::string body;
  http_respond respond;
};
using post_ptr = std::shared_ptr<post>;

}  // namespace

class peer_server::impl : public std::enable_shared_from_this<peer_server::impl> {
public:
  impl(peer_server_config config, kube_actor kube, peer_root root,
       const std::shared_ptr<prometheus::Registry>& registry)
      : config_{std::move(config)},
        kube_{std::move(kube)},
        root_{std::move(root)},
        registry_{registry},
        results_{prometheus::BuildCounter()
                   .Name("scaleops_peer_messages_received_total")
                   .Help("Messages of other components, by what became of them")
                   .Register(*registry)} {}

  void start(caf::actor_system& sys, boost::asio::io_context& io) {
    bridge_.emplace(sys, io, caf::behavior{[](caf::unit_t) {}});
  }

  void stop() {
    if (!bridge_)
      return;
    bridge_->stop();
    bridge_.reset();
    kube_ = nullptr;
    root_ = {};
  }

  void on_request(http_request request, http_respond respond) {
    if (!bridge_)
      return refuse(respond, 503, "shutting-down", "this component is going away");
    if (request.path != peer_path)
      return refuse(respond, 404, "not-found", "nothing is served there");
    if (request.method != "POST")
      return refuse(respond, 405, "invalid", "only POST is understood here");
    auto what = std::make_shared<post>(post{std::move(request.body), std::move(respond)});
    constexpr std::string_view scheme = "Bearer ";
    auto header = request.header("authorization");
    if (!header.starts_with(scheme))
      return refuse(what->respond, 401, "unauthorized", "a bearer token is missing");
    identify(std::string{header.substr(scheme.size())}, what);
  }

private:
  // ---- who is it ----

  struct known {
    component sender;
    clock::time_point until;
  };

  void identify(const std::string& token, const post_ptr& what) {
    if (auto found = known_.find(token); found != known_.end()) {
      if (clock::now() < found->second.until)
        return take(found->second.sender, what);
      known_.erase(found);
    }
    auto self = shared_from_this();
    bridge_->self()
      .request(kube_, config_.answer_timeout, token_query{token, {peer_audience}})
      .then([self, token, what](user_info& who) { self->on_known(token, who, what); },
            [self, what](caf::error& error) {
              if (code_of(error) == ec::unauthorized)
                self->refuse(what->respond, 401, "unauthorized", text_of(error));
              else
                self->refuse(what->respond, 503, "unavailable",
                             "the token could not be reviewed: " + text_of(error));
            });
  }

  void on_known(const std::string& token, const user_info& who, const post_ptr& what) {
    auto sender = component_of(who.name, config_.ns);
    if (!sender)
      return refuse(what->respond, 403, "forbidden",
                    fmt::format("{} is no component of this platform", who.name));
    std::erase_if(known_, [now = clock::now()](auto& each) { return each.second.until <= now; });
    if (known_.size() < config_.most_tokens)
      known_.insert_or_assign(token, known{*sender, clock::now() + config_.token_memory});
    take(*sender, what);
  }

  // ---- what does it say ----

  void take(component sender, const post_ptr& what) {
    auto message = wire::decode(what->body);
    what->body.clear();
    if (!message.value)
      return refuse(what->respond, 400, "invalid", message.problem);
    if (!may_say(sender, config_.which, message.value->what))
      return refuse(what->respond, 403, "forbidden",
                    fmt::format("{} does not take this message from {}", to_string(config_.which),
                                to_string(sender)));
    auto id = message.value->id;
    std::visit([&](auto& body) { hand_over(std::move(body), id, what); }, message.value->what);
  }

  void hand_over(workload_seen body, uint64_t id, const post_ptr& what) {
    bridge_->self().send(root_.recommender, std::move(body));
    answer(id, usage_ack{}, what);
  }
  void hand_over(workload_gone body, uint64_t id, const post_ptr& what) {
    bridge_->self().send(root_.recommender, std::move(body));
    answer(id, usage_ack{}, what);
  }
  void hand_over(usage_batch body, uint64_t id, const post_ptr& what) {
    ask<usage_ack>(root_.recommender, std::move(body), id, what);
  }
  void hand_over(recommendation_query body, uint64_t id, const post_ptr& what) {
    ask<recommendation_made>(root_.recommender, std::move(body), id, what);
  }
  void hand_over(evidence_query body, uint64_t id, const post_ptr& what) {
    ask<recommendation_evidence>(root_.recommender, std::move(body), id, what);
  }
  void hand_over(risk_query body, uint64_t id, const post_ptr& what) {
    ask<workload_risk>(root_.recommender, std::move(body), id, what);
  }
  void hand_over(usage_shape_query body, uint64_t id, const post_ptr& what) {
    ask<usage_shape>(root_.recommender, std::move(body), id, what);
  }
  void hand_over(update_log_query body, uint64_t id, const post_ptr& what) {
    ask<update_log>(root_.updater, std::move(body), id, what);
  }
  /// May_say() lets nothing else pass.
  template <class Body>
  void hand_over(Body, uint64_t, const post_ptr& what) {
    refuse(what->respond, 400, "invalid", "no question");
  }

  template <class Answer, class Root, class Question>
  void ask(const Root& root, Question question, uint64_t id, const post_ptr& what) {
    auto self = shared_from_this();
    bridge_->self()
      .request(root, config_.answer_timeout, std::move(question))
      .then([self, id, what](Answer& told) { self->answer(id, std::move(told), what); },
            [self, id, what](caf::error& error) {
              self->answer(id, wire::failure{code_of(error), text_of(error)}, what);
            });
  }

  void answer(uint64_t id, wire::body body, const post_ptr& what) {
    auto failed = std::holds_alternative<wire::failure>(body);
    auto bytes = wire::encode({id, std::move(body)});
    if (!bytes)
      return refuse(what->respond, 500, "server-error", "the answer is too large");
    results_.Add({{"result", failed ? "failed" : "ok"}}).Increment();
    http_response response;
    response.content_type = peer_content_type;
    response.body = std::make_shared<const std::string>(std::move(*bytes));
    what->respond(std::move(response));
  }

  void refuse(const http_respond& respond, int status, const char* result, const std::string& why) {
    results_.Add({{"result", result}}).Increment();
    respond(text_response(status, why + "\n"));
  }

  peer_server_config config_;
  kube_actor kube_;
  peer_root root_;
  std::shared_ptr<prometheus::Registry> registry_;  // keeps the counters alive
  prometheus::Family<prometheus::Counter>& results_;
  std::optional<asio_bridge> bridge_;
  std::map<std::string, known> known_;  // by token
};

peer_server::peer_server(caf::actor_system& sys, boost::asio::io_context& io,
                         peer_server_config config, kube_actor kube, peer_root root,
                         const std::shared_ptr<prometheus::Registry>& registry)
    : x_{std::make_shared<impl>(std::move(config), std::move(kube), std::move(root), registry)} {
  x_->start(sys, io);
}

peer_server::~peer_server() {
  stop();
}

http_handler peer_server::handler() {
  return [weak = std::weak_ptr{x_}](http_request request, http_respond respond) {
    if (auto self = weak.lock())
      self->on_request(std::move(request), std::move(respond));
    else
      respond(text_response(503, "this component is going away\n"));
  };
}

void peer_server::stop() {
  x_->stop();
}

}  // namespace scaleops::peer
