// Both ends of the talk between pods, on one thread and loopback: a remote component asks a peer
// server, whose kube port says whose token it is.
#include "runtime/peer/peer_server.hpp"

#include <prometheus/registry.h>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "runtime/http/http_server.hpp"
#include "runtime/peer/news_queue.hpp"
#include "runtime/peer/remote_component.hpp"
#include "runtime/peer/roles.hpp"
#include "runtime/peer/status_json.hpp"
#include "unit/runtime/peer/talk.hpp"
#include "unit/support/world.hpp"

using namespace scaleops;
using namespace scaleops::test;
using namespace std::chrono_literals;

namespace {

struct bench {
  world w;
  boost::asio::io_context io{1};
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<heard> told = std::make_shared<heard>();
  std::shared_ptr<std::vector<token_query>> reviews = std::make_shared<std::vector<token_query>>();
  kube_actor kube = caf::actor_cast<kube_actor>(w.own(w.sys().spawn(reviewer, reviews)));
  recommender_actor root = w.own(w.sys().spawn(listener, told));
  peer::peer_server peers{w.sys(), io, {}, kube, {root, {}}, registry};
  std::string status = peer::status_json({component::recommender, true, "well", {}, 7});
  http_server server{io, {}, [this](http_request request, http_respond respond) {
                       if (request.path == "/status")
                         return respond(text_response(200, status, "application/json"));
                       peers.handler()(std::move(request), std::move(respond));
                     }};
  std::unique_ptr<peer::remote_component> remote;

  explicit bench(const std::string& token = "agent") {
    REQUIRE(server.start() == "");
    connect(token);
  }

  void connect(const std::string& token) {
    peer::remote_config config;
    config.which = component::recommender;
    config.status = *kube::parse_url(server.url());
    config.peer.emplace();
    config.peer->server = config.status;
    config.peer->token = token;
    config.retry_first = 1ms;
    config.retry_last = 2ms;
    remote = std::make_unique<peer::remote_component>(w.sys(), io, config, kube, registry);
    turn();
  }

  ~bench() {
    remote->stop();
    peers.stop();
    server.stop();
    turn();
    turn();
  }

  void turn() {
    io.restart();
    io.poll();
    w.settle();
    io.restart();
    io.poll_one();
  }

  template <class Done>
  bool until(Done done) {
    return turn_until([this] { turn(); }, done);
  }

  template <class Answer, class Question>
  caf::expected<Answer> ask(Question question) {
    caf::scoped_actor self{w.sys()};
    caf::expected<Answer> result{caf::error{}};
    auto pending =
      self->request(caf::actor_cast<caf::actor>(remote->actor()), caf::infinite, question);
    REQUIRE(until([&] { return self->has_next_message(); }));
    pending.receive([&](Answer& value) { result = std::move(value); },
                    [&](caf::error& error) { result = std::move(error); });
    return result;
  }

  template <class Answer, class Question>
  caf::error refusal(Question question) {
    auto result = ask<Answer>(std::move(question));
    REQUIRE_FALSE(result);
    return result.error();
  }
};

}  // namespace

TEST_CASE("usage reaches a recommender in another pod and is acknowledged") {
  bench b;
  auto ack = b.ask<usage_ack>(batch(9));
  REQUIRE(ack);
  CHECK(ack->seq == 9);
  REQUIRE(b.told->batches.size() == 1);
  CHECK(b.told->batches[0].agent == 3);
  CHECK(b.told->batches[0].usage->front().samples.size() == 1);
}

TEST_CASE("a token is reviewed once in a while, for our audience") {
  bench b;
  REQUIRE(b.ask<usage_ack>(batch(1)));
  REQUIRE(b.ask<usage_ack>(batch(2)));
  REQUIRE(b.reviews->size() == 1);
  CHECK(b.reviews->front().audiences == std::vector<std::string>{peer::peer_audience});
}

TEST_CASE("nobody but the agent can tell usage") {
  for (std::string token : {"dashboards", "person", "forged"}) {
    bench b{token};
    auto why = b.refusal<usage_ack>(batch(1));
    CHECK(code_of(why) == (token == "forged" ? ec::unauthorized : ec::forbidden));
    CHECK(b.told->batches.empty());
  }
  bench b{"dashboards"};
  auto proof = b.ask<recommendation_evidence>(evidence_query{web});
  REQUIRE(proof);
  CHECK(*proof->bytes == "proof");
}

TEST_CASE("a failure comes back as what it was") {
  bench b{"dashboards"};
  auto why = b.refusal<recommendation_made>(recommendation_query{web});
  CHECK(code_of(why) == ec::not_found);
  CHECK(text_of(why).find("no recommendation yet") != std::string::npos);
}

TEST_CASE("facts of many workloads travel together, the newest of each") {
  bench b;
  auto to = caf::actor_cast<recommender_actor>(b.remote->actor());
  for (int i = 0; i < 1200; ++i)
    caf::anon_send(to, workload_seen{facts("w" + std::to_string(i % 600), i)});
  caf::anon_send(to, workload_gone{{"shop", "Deployment", "w7"}});
  REQUIRE(b.until([&] { return !b.told->gone.empty(); }));
  CHECK(b.told->gone.front() == workload_ref{"shop", "Deployment", "w7"});
  std::map<workload_ref, int> replicas;
  for (auto& each : b.told->batches)
    for (auto& usage : *each.usage) {
      CHECK(usage.samples.empty());
      replicas[usage.workload->ref] = usage.workload->replicas;
    }
  CHECK(b.told->batches.size() <= 4);
  CHECK(replicas.size() >= 599);
  CHECK(replicas.at({"shop", "Deployment", "w599"}) == 1199);
}

TEST_CASE("facts wait for a recommender that is away") {
  bench b;
  b.told->away = true;
  auto to = caf::actor_cast<recommender_actor>(b.remote->actor());
  caf::anon_send(to, workload_seen{facts("web", 1)});
  auto answered = [&] {
    for (auto& family : b.registry->Collect())
      if (family.name == "scaleops_peer_messages_received_total")
        return !family.metric.empty();
    return false;
  };
  REQUIRE(b.until(answered));
  caf::anon_send(to, workload_seen{facts("web", 2)});
  b.turn();
  b.told->away = false;
  REQUIRE(b.until([&] { return !b.told->batches.empty(); }));
  CHECK(b.told->batches.front().usage->front().workload->replicas == 2);
}

TEST_CASE("a component's status is asked without a token") {
  bench b{"forged"};
  auto got = b.ask<component_status>(status_query{});
  REQUIRE(got);
  CHECK(got->detail == "well");
  CHECK(got->done == 7);
  b.status = "<html>";
  CHECK(text_of(b.refusal<component_status>(status_query{})).find("no status document") !=
        std::string::npos);
  b.status = peer::status_json({component::agent, true, "", {}, 7});
  CHECK(code_of(b.refusal<component_status>(status_query{})) == ec::server_error);
}

TEST_CASE("a component that is not there is told so") {
  bench b;
  b.server.stop();
  b.turn();
  CHECK(code_of(b.refusal<usage_ack>(batch(1))) == ec::unavailable);
}

TEST_CASE("what is not sent yet is replaced by what is newer") {
  peer::news_queue news;
  news.seen(facts("a", 1));
  news.seen(facts("b", 1));
  news.gone({"shop", "Deployment", "c"});
  auto first = news.take(2);
  CHECK(first.seen.size() == 2);
  news.seen(facts("a", 2));
  news.put_back(std::move(first));
  CHECK(news.size() == 3);
  auto all = news.take(10);
  CHECK(all.seen.front()->replicas == 2);
  CHECK(all.gone.size() == 1);
  CHECK(news.empty());
}

TEST_CASE("only the platform's own accounts are components") {
  auto of = [](std::string_view user) { return peer::component_of(user, "scaleops-system"); };
  CHECK(of("system:serviceaccount:scaleops-system:agent") == component::agent);
  CHECK_FALSE(of("system:serviceaccount:default:agent"));
  CHECK_FALSE(of("system:serviceaccount:scaleops-system:agent2"));
  CHECK_FALSE(of("agent"));
}
