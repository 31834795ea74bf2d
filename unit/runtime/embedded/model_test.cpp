#include "runtime/embedded/model.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace scaleops;
using namespace scaleops::embedded;
using namespace std::chrono_literals;

namespace {

embedded_config config(uint64_t seed = 1) {
  embedded_config out;
  out.seed = seed;
  out.start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
  return out;
}

}  // namespace

TEST_CASE("the demo cluster is up when it begins to be observed") {
  auto spec = make_demo(1);
  CHECK(spec.workloads.size() >= 55);
  CHECK(spec.nodes.size() == 12);
  cluster_model model{config(), std::move(spec)};
  size_t pods = 0, ready = 0;
  model.each_pod([&](const pod& p) {
    ++pods;
    ready += p.ready;
  });

  CHECK(pods >= 400);
  CHECK(ready >= pods * 95 / 100);
}

TEST_CASE("a day of the demo uses less than is requested and kills few") {
  cluster_model model{config(), make_demo(1)};
  model.advance(model.now() + 24h);
  auto& truth = model.statistics();
  WARN("cpu requested " << truth.sums.cpu_requested / 86400 << " used "
                        << truth.sums.cpu_used / 86400 << " of " << truth.cpu_allocatable / 86400
                        << "; memory " << truth.sums.memory_requested / 86400 / 1e9 << " used "
                        << truth.sums.memory_used / 86400 / 1e9 << " of "
                        << truth.memory_allocatable / 86400 / 1e9 << "; oom "
                        << truth.oom_container_limit << "+" << truth.oom_node_pressure
                        << " throttled " << truth.sums.cpu_throttled << " contended "
                        << truth.sums.cpu_contended << " created " << truth.pods_created
                        << " scale " << truth.scale_changes << " restarts " << truth.restarts);
  CHECK(truth.sums.cpu_used < truth.sums.cpu_requested);
  CHECK(truth.sums.cpu_used > 0.05 * truth.sums.cpu_requested);
  CHECK(truth.sums.memory_used < truth.sums.memory_requested);
  CHECK(truth.sums.cpu_requested < truth.cpu_allocatable);
  CHECK(truth.oom_node_pressure == 0);
}
