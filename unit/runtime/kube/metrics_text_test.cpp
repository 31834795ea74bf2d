#include "runtime/kube/metrics_text.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include "runtime/kube/node_usage.hpp"

using namespace scaleops;
using namespace scaleops::kube;

namespace {

object_ptr running(const std::string& name, const std::string& container) {
  pod value;
  value.meta.ns = "shop";
  value.meta.name = name;
  value.meta.uid = "uid-" + name;
  value.node = "node-1";
  value.containers.resize(1);
  value.containers[0].name = container;
  container_status status;
  status.name = container;
  status.started = instant{std::chrono::seconds{1000}};
  value.statuses.push_back(status);
  return std::make_shared<const object>(std::move(value));
}

pod_index pods_of(std::vector<object_ptr> pods) {
  pod_index out;
  out.page(pods, true, true);
  return out;
}

}  // namespace

TEST_CASE("samples are read with labels, values and times") {
  std::vector<metric_sample> got;
  auto wrong = read_metrics(
    "# HELP x words\n# TYPE x counter\n\nx{a=\"1\",b=\"q\\\"\\\\\\n\",} 1.5e3 1700000000123\r\ny "
    "7\n"
    "x {} NaN\nz{a=\"1\"} 1\nx{a=1} 2\nx{a=\"1\" 2\nx\nx 1 2 3\nx +Inf",
    [](std::string_view name) { return name == "x" || name == "y"; },
    [&](const metric_sample& sample) { got.push_back(sample); });
  CHECK(wrong == 4);
  REQUIRE(got.size() == 4);
  CHECK(got[0].label("a") == "1");
  CHECK(got[0].label("b") == "q\"\\\n");
  CHECK(got[0].value == 1500);
  CHECK(got[0].at_ms == 1700000000123);
  CHECK(got[1].name == "y");
  CHECK(!got[1].at_ms);
  CHECK(std::isnan(got[2].value));
  CHECK(std::isinf(got[3].value));
}

TEST_CASE("the kubelet's counters join their pods") {
  usage_table table;
  instant now{std::chrono::seconds{2000}};
  CHECK(
    table.add_resource_metrics(
      R"(container_cpu_usage_seconds_total{container="main",namespace="shop",pod="web"} 12.5 1500000
container_memory_working_set_bytes{container="main",namespace="shop",pod="web"} 1048576 1500500
container_start_time_seconds{container="main",namespace="shop",pod="web"} 1200.25
container_cpu_usage_seconds_total{container="main",namespace="shop",pod="unknown"} 1
container_memory_working_set_bytes{container="main",namespace="shop",pod="unknown"} 1
container_cpu_usage_seconds_total{container="broken",namespace="shop",pod="web"} -1
node_cpu_usage_seconds_total 99
)",
      now) == 0);
  CHECK(
    table.add_cadvisor_metrics(
      R"(container_cpu_cfs_periods_total{container="main",id="/x",namespace="shop",pod="web"} 100
container_cpu_cfs_throttled_periods_total{container="main",id="/x",namespace="shop",pod="web"} 25
container_cpu_cfs_periods_total{container="",id="/",namespace="",pod=""} 7
)") == 0);
  auto got = table.join(pods_of({running("web", "main")}));
  REQUIRE(got.size() == 1);
  CHECK(meta_of(*got[0].pod).uid == "uid-web");
  CHECK(got[0].at == instant{std::chrono::seconds{1500}});
  CHECK(got[0].started == instant{std::chrono::milliseconds{1'200'250}});
  CHECK(got[0].cpu_seconds == 12.5);
  CHECK(got[0].working_set == 1048576);
  CHECK(got[0].periods == 100);
  CHECK(got[0].throttled_periods == 25);
}

TEST_CASE("rates of metrics.k8s.io are summed up to counters, nanocores included") {
  rate_counters rates;
  auto list = [](const char* at, const char* cpu) {
    return std::string(
             R"({"kind":"PodMetricsList","items":[{"metadata":{"name":"web","namespace":"shop"},"timestamp":")") +
           at + R"(","window":"15s","containers":[{"name":"main","usage":{"cpu":")" + cpu +
           R"(","memory":"2Mi"}}]}]})";
  };
  auto pods = pods_of({running("web", "main")});
  CHECK(rates.add(list("2026-01-05T00:00:00Z", "100m")));
  CHECK(rates.of_node("node-1", pods).at(0).cpu_seconds == 0);
  CHECK(rates.add(list("2026-01-05T00:00:10Z", "500000000n")));
  CHECK(rates.add(list("2026-01-05T00:00:10Z", "500000000n")));  // the same once more
  auto got = rates.of_node("node-1", pods);
  REQUIRE(got.size() == 1);
  CHECK(got[0].cpu_seconds == Approx(5.0));
  CHECK(got[0].working_set == 2 << 20);
  CHECK(got[0].started == instant{std::chrono::seconds{1000}});
  CHECK(rates.of_node("node-2", pods).empty());
  CHECK(!rates.add("{}"));
  CHECK(!rates.add("[1]"));
}
