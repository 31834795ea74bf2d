// The webhook alone on a real API server, as `scaleops admissions` brings it up; for
// integration/cluster:
//   webhook_host --kubeconfig FILE [--look-every SECONDS]
// Prints its port, then runs until its input ends. Verdicts and heals go to standard output then.
#include <poll.h>
#include <unistd.h>

#include <cstdio>

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>

#include "runtime/admission/webhook_service.hpp"
#include "runtime/kube/client.hpp"
#include "runtime/kube/kubeconfig.hpp"
#include "runtime/loop/real_time.hpp"

using namespace scaleops;

namespace {

bool input_ended() {
  pollfd what{STDIN_FILENO, POLLIN, 0};
  char byte = 0;
  return ::poll(&what, 1, 0) > 0 && ::read(STDIN_FILENO, &byte, 1) <= 0;
}

void say_counts(const prometheus::Registry& registry) {
  for (auto& family : registry.Collect())
    if (family.name == "scaleops_admissions_reviews_total" ||
        family.name == "scaleops_admissions_registration_heals_total")
      for (auto& metric : family.metric)
        if (metric.counter.value > 0)
          fmt::print("{} {}\n", metric.label.front().value, metric.counter.value);
}

int run(const kube::cluster_access& access, int look_every_s) {
  boost::asio::io_context io{1};
  auto registry = std::make_shared<prometheus::Registry>();
  run_loop loop{real_time_config(1)};
  kube::kube_client client{loop.system(), io, access, {}, registry};
  auto actor = loop.own(spawn_admissions(
    loop.system(), {}, {client.actor(), loop.anchor(), registry, "admissions-0", 1}));
  webhook::webhook_options options;
  options.address = "127.0.0.1";
  options.port = 0;
  options.look_every = std::chrono::seconds{look_every_s};
  auto api = [&](kube::document_call call, kube::document_done done) {
    client.call_document(std::move(call), std::move(done));
  };
  webhook::webhook_service service{loop.system(), io, api, actor, options, registry};
  actor = nullptr;
  auto problem = service.start();
  if (!problem.empty()) {
    fmt::print(stderr, "webhook_host: {}\n", problem);
    return 2;
  }
  share_thread(loop, io);
  fmt::print("port {}\n", service.port());
  std::fflush(stdout);
  bool ready = false;
  std::string detail;
  while (!input_ended()) {
    loop.run_for(std::chrono::milliseconds{50});
    if (service.ready(detail) && !std::exchange(ready, true)) {
      fmt::print("ready\n");
      std::fflush(stdout);
    }
  }
  if (!detail.empty())
    fmt::print("trouble: {}\n", detail);
  service.stop();
  client.stop();
  settle_both(loop, io);
  say_counts(*registry);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string kubeconfig;
  int look_every_s = 1;
  CLI::App app{"The webhook alone on a real API server."};
  app.add_option("--kubeconfig", kubeconfig, "How to reach the cluster")->required();
  app.add_option("--look-every", look_every_s, "Seconds between looks at Secret and registration");
  CLI11_PARSE(app, argc, argv);
  auto loaded = kube::load_kubeconfig(kubeconfig, "");
  if (!loaded.access) {
    fmt::print(stderr, "webhook_host: {}\n", loaded.problem);
    return 2;
  }
  spdlog::set_default_logger(spdlog::stderr_logger_st("webhook_host"));
  return run(*loaded.access, look_every_s);
}
