// The dashboards over HTTP on a small embedded cluster with the components that give it something to show. For the
// browser tests, and for people who work on web/ (vite proxies /api to it). Prints "listening on URL" when ready.
//
//   dashboard_dev_server [--port N] [--speed FACTOR] [--warm HOURS] [--seed N] [--token TOKEN] [--open]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include <boost/asio/io_context.hpp>
#include <prometheus/registry.h>

#include "actors/admissions/admissions.hpp"
#include "actors/agent/agent.hpp"
#include "actors/dashboards/dashboards.hpp"
#include "actors/recommender/recommender.hpp"
#include "actors/updater/updater.hpp"
#include "runtime/embedded/cluster.hpp"
#include "runtime/http/actor_gateway.hpp"
#include "runtime/http/assets.hpp"
#include "runtime/http/handlers.hpp"
#include "runtime/http/http_server.hpp"
#include "runtime/loop/run_loop.hpp"

using namespace scaleops;

namespace {

volatile std::sig_atomic_t interrupted = 0;

struct settings {
  uint16_t port = 0;
  double speed = 60;
  int warm = 6;
  uint64_t seed = 1;
  std::string token = "demo";
  bool open = false;
};

settings parse(int argc, char** argv) {
  settings out;
  for (int i = 1; i < argc; ++i) {
    std::string name = argv[i];
    if (name == "--open") {
      out.open = true;
      continue;
    }
    const char* value = i + 1 < argc ? argv[++i] : "";
    if (name == "--port")
      out.port = uint16_t(std::atoi(value));
    else if (name == "--speed")
      out.speed = std::atof(value);
    else if (name == "--warm")
      out.warm = std::atoi(value);
    else if (name == "--seed")
      out.seed = uint64_t(std::atoll(value));
    else if (name == "--token")
      out.token = value;
    else {
      std::fprintf(stderr, "unknown option %s\n", name.c_str());
      std::exit(2);
    }
  }
  return out;
}

component_env env_of(const kube_actor& kube, run_loop& loop, std::shared_ptr<prometheus::Registry> registry,
                     const char* name, uint64_t seed) {
  return {kube, loop.anchor(), std::move(registry), std::string{name} + "-dev", seed};
}

}  // namespace

int main(int argc, char** argv) {
  auto given = parse(argc, argv);
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });

  run_loop_config pace;
  pace.seed = given.seed;
  run_loop warm_up{pace};  // as fast as possible until `warm`; then paced below
  auto& loop = warm_up;
  auto registry = std::make_shared<prometheus::Registry>();

  embedded::embedded_config world;
  world.seed = given.seed;
  world.start = loop.now();
  world.tokens["viewer"] = {"vera", {"scaleops:viewers"}};
  auto model = std::make_shared<embedded::cluster_model>(world, embedded::make_demo(given.seed));
  auto cluster = loop.own(embedded::spawn_embedded_cluster(loop.system(), loop.anchor(), model));
  kube_actor kube = cluster;

  auto recommender = loop.own(spawn_recommender(loop.system(), {}, env_of(kube, loop, registry, "recommender", 2)));
  auto agent = loop.own(spawn_agent(loop.system(), {}, env_of(kube, loop, registry, "agent", 3), recommender));
  auto admissions = loop.own(spawn_admissions(loop.system(), {}, env_of(kube, loop, registry, "admissions", 4)));
  caf::anon_send(cluster, embedded::connect_webhook{admissions});
  auto updater = loop.own(spawn_updater(loop.system(), {}, env_of(kube, loop, registry, "updater", 5), admissions));

  using dashboards::logic::role;
  dashboards_config cfg;
  cfg.session_secret = std::string(32, 'x');  // for a server on the loopback that shows made-up data
  cfg.access.bindings = {{role::admin, {"dev"}, {}, {}}, {role::viewer, {}, {"scaleops:viewers"}, {}}};
  cfg.access.anonymous = given.open ? role::viewer : role::nobody;
  cfg.one_time_token = given.token;
  cfg.one_time_user = {"dev", {}};
  auto root = loop.own(spawn_dashboards(loop.system(), cfg, env_of(kube, loop, registry, "dashboards", 6),
                                        {updater, {agent, recommender, admissions, updater}}));

  boost::asio::io_context ioc{1};
  loop.run_for(std::chrono::hours{given.warm});
  int code = 0;
  {
    actor_gateway gateway{loop.system(), ioc, {}, root};
    http_routes routes;
    routes.get("/metrics", metrics_handler({registry})).get("/healthz", healthz_handler());
    routes.below("/api/", gateway.handler()).below("/", assets_handler());
    http_server_config edge;
    edge.port = given.port;
    edge.headers = security_headers();
    http_server server{ioc, edge, routes.handler()};
    if (auto error = server.start(); !error.empty()) {
      std::fprintf(stderr, "%s\n", error.c_str());
      code = 2;
    } else {
      std::printf("listening on %s\n", server.url().c_str());
      std::fflush(stdout);
      // The loop itself runs without pause here; its pace is kept by hand.
      auto begin = std::chrono::steady_clock::now();
      auto origin = loop.now();
      while (!interrupted) {
        auto real = std::chrono::steady_clock::now() - begin;
        auto due = origin + std::chrono::floor<milliseconds>(real * given.speed);
        loop.run_until(due);
        ioc.restart();
        ioc.poll();
        loop.settle();
        ioc.restart();
        ioc.run_one_for(std::chrono::milliseconds{10});
      }
    }
    server.stop();
    gateway.stop();
    ioc.restart();
    ioc.poll();
    loop.settle();
    ioc.restart();
    ioc.poll();
  }
  return code;
}
