// Any text as a kubelet's metrics: never a crash, and nothing impossible comes out of it.
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "runtime/kube/metrics_text.hpp"
#include "runtime/kube/node_usage.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scaleops;
  std::string_view text{reinterpret_cast<const char*>(data), size};
  kube::read_metrics(
    text, [](std::string_view name) { return !name.empty(); },
    [](const kube::metric_sample& sample) {
      if (sample.name.empty())
        std::abort();
    });
  kube::usage_table table;
  table.add_resource_metrics(text, instant{std::chrono::seconds{1'700'000'000}});
  table.add_cadvisor_metrics(text);
  static const auto pods = [] {
    pod value;
    value.meta.ns = "shop";
    value.meta.name = "web";
    kube::pod_index index;
    index.page({std::make_shared<const object>(std::move(value))}, true, true);
    return index;
  }();
  for (auto& one : table.join(pods))
    if (!std::isfinite(one.cpu_seconds) || one.cpu_seconds < 0 || one.working_set < 0)
      std::abort();
  kube::rate_counters rates;
  rates.add(text);
  for (auto& one : rates.of_node("", pods))
    if (!std::isfinite(one.cpu_seconds) || one.cpu_seconds < 0)
      std::abort();
  return 0;
}
