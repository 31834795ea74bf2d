// What the embedded cluster costs: memory per pod, and CPU at real time with every node scraped
// every 15 seconds.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "runtime/embedded/model.hpp"

using namespace scaleops;
using namespace scaleops::embedded;
using namespace std::chrono_literals;

namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double resident_mib() {
  std::ifstream status("/proc/self/statm");
  double total = 0, resident = 0;
  status >> total >> resident;
  return resident * 4096 / (1 << 20);
}

void run(size_t workloads, size_t containers) {
  auto base = resident_mib();
  auto began = cpu_seconds();
  embedded_config cfg;
  cfg.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  cluster_model model{cfg, make_scale(1, workloads, containers)};
  auto built = cpu_seconds() - began;
  std::vector<std::string> nodes;
  model.state().store.each(object_kind::node, {},
                           [&](handle e) { nodes.push_back(e->as<node>().meta.name); });
  size_t pods = model.state().store.size(object_kind::pod), ready = 0;
  model.each_pod([&](const pod& p) { ready += p.ready; });
  model.advance(model.now() + 6min);  // the start's history is forgotten
  auto resident = resident_mib() - base;

  began = cpu_seconds();
  constexpr int seconds = 300;
  size_t samples = 0;
  for (int second = 0; second < seconds; ++second) {
    model.advance(model.now() + 1s);
    for (size_t i = size_t(second % 15); i < nodes.size(); i += 15)
      if (auto metrics = read_metrics(model.state(), nodes[i]))
        samples += (*metrics)->containers.size();
  }
  auto spent = cpu_seconds() - began;
  std::printf("%zu workloads, %zu pods (%zu ready), %zu containers, %zu nodes\n", workloads, pods,
              ready, samples / (seconds / 15), nodes.size());
  std::printf("  start: %.2f s CPU (%.1f us a pod)\n", built, built * 1e6 / double(pods));
  std::printf("  memory: %.0f MiB, %.0f bytes a pod\n", resident,
              resident * (1 << 20) / double(pods));
  std::printf("  running: %.4f cores at real time, %.0f ns a container scrape\n", spent / seconds,
              spent * 1e9 / double(samples));
  std::printf("  OOM kills %llu, unschedulable %llu\n",
              (unsigned long long)model.statistics().oom_container_limit,
              (unsigned long long)model.statistics().pods_unschedulable);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    run(std::strtoul(argv[1], nullptr, 10), std::strtoul(argv[2], nullptr, 10));
    return 0;
  }
  run(1'000, 10'000);
  run(10'000, 100'000);
}
