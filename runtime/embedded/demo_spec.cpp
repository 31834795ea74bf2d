// The demo: a cluster as one finds them, where most requests were guessed years ago.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "messages/entropy.hpp"
#include "messages/quantity.hpp"
#include "runtime/embedded/cluster_spec.hpp"

namespace scaleops::embedded {

namespace {

using namespace std::chrono_literals;

constexpr int64_t gibi = 1LL << 30;

/// A kind of application, as a row of the demo's cast list.
struct role {
  const char* ns;
  const char* name;
  const char* kind;
  int32_t replicas;
  curve_shape shape;
  double cpu;     // cores per pod at the peak
  double memory;  // bytes per pod
  double over;    // request = over × need, drawn within a third around it; below 1: too low
  bool java = false;
  bool sidecar = false;
  bool budget = false;
  bool autoscaled = false;
};

constexpr double mb = 1e6;

constexpr std::array cast = {
  // clang-format off
  role{"shop", "storefront", "Deployment", 38, curve_shape::diurnal, 0.30, 220 * mb, 4.0, false, true, true, true},
  role{"shop", "catalog", "Deployment", 26, curve_shape::diurnal, 0.22, 380 * mb, 3.0, true, true, true},
  role{"shop", "cart", "Deployment", 19, curve_shape::diurnal, 0.12, 160 * mb, 5.0, false, true, true},
  role{"shop", "checkout", "Deployment", 16, curve_shape::weekly, 0.25, 420 * mb, 2.5, true, true, true},
  role{"shop", "search", "Deployment", 22, curve_shape::diurnal, 0.55, 900 * mb, 2.0, true, false, true, true},
  role{"shop", "recommendations", "Deployment", 13, curve_shape::bursty, 0.40, 700 * mb, 2.5},
  role{"shop", "images", "Deployment", 19, curve_shape::bursty, 0.20, 130 * mb, 6.0},
  role{"shop", "reviews", "Deployment", 10, curve_shape::diurnal, 0.08, 150 * mb, 6.0, false, true},
  role{"shop", "sitemap", "CronJob", 1, curve_shape::steady, 0.60, 300 * mb, 3.0},
  role{"payments", "gateway", "Deployment", 16, curve_shape::weekly, 0.18, 260 * mb, 4.0, true, true, true},
  role{"payments", "ledger", "Deployment", 10, curve_shape::weekly, 0.15, 520 * mb, 3.0, true, false, true},
  role{"payments", "fraud", "Deployment", 13, curve_shape::diurnal, 0.70, 1200 * mb, 1.8, true},
  role{"payments", "settlement", "CronJob", 2, curve_shape::steady, 0.90, 800 * mb, 2.5},
  role{"payments", "vault", "StatefulSet", 3, curve_shape::steady, 0.05, 180 * mb, 5.0, false, false, true},
  role{"payments", "postgres", "StatefulSet", 3, curve_shape::weekly, 0.80, 3200 * mb, 1.6, false, false, true},
  role{"accounts", "identity", "Deployment", 13, curve_shape::diurnal, 0.14, 240 * mb, 4.0, true, true, true},
  role{"accounts", "profile", "Deployment", 10, curve_shape::diurnal, 0.07, 140 * mb, 7.0},
  role{"accounts", "sessions", "StatefulSet", 6, curve_shape::diurnal, 0.20, 850 * mb, 2.0, false, false, true},
  role{"accounts", "mailer", "Deployment", 3, curve_shape::bursty, 0.25, 120 * mb, 3.0},
  role{"accounts", "cleanup", "CronJob", 1, curve_shape::steady, 0.20, 150 * mb, 4.0},
  role{"data", "kafka", "StatefulSet", 6, curve_shape::weekly, 0.90, 4200 * mb, 1.5, true, false, true},
  role{"data", "zookeeper", "StatefulSet", 3, curve_shape::steady, 0.06, 380 * mb, 4.0, true, false, true},
  role{"data", "clickhouse", "StatefulSet", 4, curve_shape::bursty, 2.20, 6000 * mb, 1.6, false, false, true},
  role{"data", "ingest", "Deployment", 19, curve_shape::weekly, 0.45, 420 * mb, 2.5},
  role{"data", "enrich", "Deployment", 16, curve_shape::weekly, 0.60, 650 * mb, 2.2, true},
  role{"data", "exports", "Deployment", 3, curve_shape::batch, 1.10, 900 * mb, 1.4},
  role{"data", "warehouse-load", "CronJob", 3, curve_shape::steady, 1.20, 1500 * mb, 1.8},
  role{"data", "dbt", "CronJob", 1, curve_shape::steady, 0.80, 600 * mb, 3.0},
  role{"data", "airflow", "Deployment", 2, curve_shape::bursty, 0.35, 900 * mb, 2.0},
  role{"ml", "inference", "Deployment", 16, curve_shape::diurnal, 1.40, 2600 * mb, 1.7, false, true, true, true},
  role{"ml", "features", "Deployment", 10, curve_shape::diurnal, 0.50, 1100 * mb, 2.5, true},
  role{"ml", "trainer", "Deployment", 2, curve_shape::batch, 3.00, 5200 * mb, 1.5},
  role{"ml", "notebooks", "StatefulSet", 5, curve_shape::bursty, 0.90, 1800 * mb, 3.5},
  role{"ml", "embeddings", "Deployment", 6, curve_shape::bursty, 1.00, 1600 * mb, 2.0},
  role{"logistics", "routing", "Deployment", 13, curve_shape::diurnal, 0.65, 750 * mb, 2.0, true, false, true},
  role{"logistics", "tracking", "Deployment", 22, curve_shape::diurnal, 0.16, 170 * mb, 4.5, false, true},
  role{"logistics", "labels", "Deployment", 6, curve_shape::bursty, 0.30, 210 * mb, 3.5},
  role{"logistics", "inventory", "Deployment", 13, curve_shape::weekly, 0.22, 460 * mb, 3.0, true},
  role{"logistics", "stock-sync", "CronJob", 1, curve_shape::steady, 0.50, 260 * mb, 2.5},
  role{"logistics", "mongo", "StatefulSet", 3, curve_shape::diurnal, 0.70, 2800 * mb, 1.7, false, false, true},
  role{"support", "chat", "Deployment", 10, curve_shape::weekly, 0.10, 190 * mb, 5.0},
  role{"support", "tickets", "Deployment", 6, curve_shape::weekly, 0.09, 330 * mb, 4.0, true},
  role{"support", "voice", "Deployment", 8, curve_shape::weekly, 0.28, 240 * mb, 2.5},
  role{"support", "surveys", "Deployment", 2, curve_shape::bursty, 0.05, 110 * mb, 8.0},
  role{"platform", "api-gateway", "Deployment", 19, curve_shape::diurnal, 0.35, 200 * mb, 3.0, false, false, true},
  role{"platform", "config", "Deployment", 3, curve_shape::steady, 0.03, 90 * mb, 8.0, false, false, true},
  role{"platform", "flags", "Deployment", 6, curve_shape::steady, 0.04, 110 * mb, 7.0},
  role{"platform", "scheduler", "Deployment", 1, curve_shape::steady, 0.10, 240 * mb, 4.0},
  role{"platform", "registry", "StatefulSet", 2, curve_shape::bursty, 0.30, 420 * mb, 3.0},
  role{"platform", "ci-runner", "Deployment", 13, curve_shape::bursty, 1.50, 1400 * mb, 1.3},
  role{"platform", "leaky-proxy", "Deployment", 6, curve_shape::diurnal, 0.12, 160 * mb, 1.5},
  role{"observability", "prometheus", "StatefulSet", 2, curve_shape::steady, 0.90, 4800 * mb, 1.4},
  role{"observability", "loki", "StatefulSet", 3, curve_shape::weekly, 0.55, 1700 * mb, 1.8},
  role{"observability", "grafana", "Deployment", 2, curve_shape::weekly, 0.08, 190 * mb, 5.0},
  role{"observability", "tempo", "Deployment", 3, curve_shape::diurnal, 0.30, 900 * mb, 2.2},
  role{"observability", "alertmanager", "StatefulSet", 2, curve_shape::steady, 0.02, 70 * mb, 8.0},
  role{"kube-system", "node-agent", "DaemonSet", 0, curve_shape::steady, 0.08, 120 * mb, 2.0},
  role{"kube-system", "log-shipper", "DaemonSet", 0, curve_shape::diurnal, 0.12, 180 * mb, 1.6},
  role{"kube-system", "network", "DaemonSet", 0, curve_shape::diurnal, 0.06, 110 * mb, 3.0},
  role{"kube-system", "coredns", "Deployment", 3, curve_shape::diurnal, 0.06, 60 * mb, 3.0, false, false, true},
  // clang-format on
};

/// People write round numbers.
int64_t round_cpu(double millicores) {
  static constexpr std::array<int64_t, 22> usual = {10,   20,   25,   50,   100,  150,  200,  250,
                                                    300,  400,  500,  750,  800,  1000, 1500, 2000,
                                                    2500, 3000, 4000, 5000, 6000, 8000};
  return *std::min_element(usual.begin(), usual.end(), [&](int64_t a, int64_t b) {
    return std::abs(double(a) - millicores) < std::abs(double(b) - millicores);
  });
}

int64_t round_memory(double bytes) {
  auto step = bytes < 512e6 ? 32 * mebi : bytes < 2e9 ? 128 * mebi : 512 * mebi;
  return std::max<int64_t>(1, int64_t(std::ceil(bytes / double(step)))) * step;
}

curve_recipe recipe_of(const role& r, entropy& dice) {
  curve_recipe out;
  out.shape = r.shape;
  out.cpu_high = r.cpu;
  out.cpu_low = r.cpu * dice.between(0.15, 0.4);
  out.memory_high = r.memory;
  out.memory_low = r.memory * (r.java ? 0.92 : dice.between(0.7, 0.9));
  out.phase = milliseconds{int64_t(dice.below(4 * 3'600'000))};
  out.seed = dice.next();
  if (r.shape == curve_shape::bursty) {
    out.cpu_low = r.cpu * 0.1;
    out.period = milliseconds{int64_t(dice.between(0.5, 4) * 3'600'000)};
    out.duty = dice.between(0.05, 0.3);
  } else if (r.shape == curve_shape::batch) {
    out.cpu_low = r.cpu * 0.03;
    out.period = 24h / int64_t(1 + dice.below(4));
    out.duty = dice.between(0.15, 0.35);
  }
  return out;
}

container_spec make_container(std::string name, double cpu, double memory, double over,
                              bool limit_cpu, entropy& dice) {
  container_spec c;
  c.image = "registry.example.com/" + name + ":1." + std::to_string(dice.below(40));
  c.name = std::move(name);
  auto factor = over * dice.between(0.7, 1.35);
  c.resources.requests.cpu = round_cpu(cpu * 1000 * factor);
  // Too low a memory request still lets the container live: the limit is what kills.
  c.resources.requests.memory = round_memory(memory * std::max(factor * 0.7, 0.6));
  c.resources.limits.memory =
    round_memory(std::max(double(*c.resources.requests.memory) * 1.25, memory * 1.15));
  if (limit_cpu)
    c.resources.limits.cpu =
      round_cpu(std::max(double(*c.resources.requests.cpu) * 2, cpu * 1000 * 0.9));
  return c;
}

workload_spec make_workload(const role& r, entropy& dice) {
  workload_spec out;
  auto& w = out.object;
  w.kind = r.kind;
  w.meta.ns = r.ns;
  w.meta.name = r.name;
  w.meta.labels = {{"app", r.name}, {"team", r.ns}};
  w.replicas = r.replicas;
  w.selector = {{"app", r.name}};
  w.template_labels = w.meta.labels;
  if (r.java)
    w.template_labels["runtime"] = "java";
  w.max_surge = std::max(1, r.replicas / 4);
  w.max_unavailable = std::max(1, r.replicas / 4);
  auto profile = std::make_shared<load_profile>();

  // Databases are often Guaranteed, so that nobody is killed before them.
  std::string_view name = r.name;
  bool guaranteed = name == "postgres" || name == "vault" || name == "mongo" || name == "zookeeper";

  // One in twelve was sized before the traffic came.
  auto over = !guaranteed && dice.chance(1.0 / 12) ? dice.between(0.5, 0.8) : r.over;
  w.containers.push_back(make_container(r.name, r.cpu, r.memory, over, dice.chance(0.4), dice));
  if (guaranteed) {
    auto& own = w.containers.back().resources;
    own.requests.cpu = std::max<int64_t>(*own.requests.cpu, round_cpu(r.cpu * 1300));
    own.requests.memory = std::max(*own.requests.memory, round_memory(r.memory * 1.2));
    own.limits = own.requests;
  }
  container_load load;
  load.container = r.name;
  auto recipe = recipe_of(r, dice);
  load.per_pod = w.kind != "Deployment";
  if (!load.per_pod) {
    recipe.cpu_low *= r.replicas;
    recipe.cpu_high *= r.replicas;
  }
  load.curve = make_curve(recipe);
  load.skew = w.kind == "DaemonSet" ? 0.35 : 0.12;
  if (name == "leaky-proxy")
    load.leak = 9e6;
  if (r.java) {
    load.boot_cpu = std::max(0.5, r.cpu * 2);
    profile->start_up = milliseconds{int64_t(dice.between(20, 60) * 1000)};
    w.containers.back().image = "registry.example.com/jvm/" + std::string(r.name) + ":17";
  } else {
    profile->start_up = milliseconds{int64_t(dice.between(2, 10) * 1000)};
  }
  profile->containers.push_back(std::move(load));

  if (r.sidecar) {
    auto c = make_container("proxy", 0.02, 45e6, 4.0, false, dice);
    c.role = container_role::sidecar;
    c.image = "registry.example.com/mesh/proxy:1.22";
    w.containers.push_back(std::move(c));
    curve_recipe thin;
    thin.shape = r.shape;
    thin.cpu_low = 0.004;
    thin.cpu_high = 0.02;
    thin.memory_low = 38e6;
    thin.memory_high = 45e6;
    thin.seed = dice.next();
    container_load side;
    side.container = "proxy";
    side.curve = make_curve(thin);
    side.per_pod = true;
    profile->containers.push_back(std::move(side));
  }
  if (w.kind == "CronJob") {
    w.schedule_every = milliseconds{3'600'000 * int64_t(1 + dice.below(4))};
    profile->run_for = milliseconds{int64_t(dice.between(3, 20) * 60'000)};
  }
  out.load = std::move(profile);
  return out;
}

}  // namespace

cluster_spec make_demo(uint64_t seed) {
  cluster_spec out;
  entropy dice{seed};
  for (auto& r : cast) {
    auto own = dice.fork();  // a change to one application leaves the others as they are
    out.workloads.push_back(make_workload(r, own));
    if (r.budget) {
      pod_disruption_budget budget;
      budget.meta.ns = r.ns;
      budget.meta.name = r.name;
      budget.selector.match_labels = {{"app", r.name}};
      if (std::string_view{r.kind} == "StatefulSet")
        budget.max_unavailable = int_or_percent{1, false};
      else
        budget.min_available = int_or_percent{75, true};
      out.others.push_back(object{std::move(budget)});
    }
    if (r.autoscaled) {
      horizontal_pod_autoscaler hpa;
      hpa.meta.ns = r.ns;
      hpa.meta.name = r.name;
      hpa.target = {r.ns, r.kind, r.name};
      hpa.min_replicas = std::max(2, r.replicas / 2);
      hpa.max_replicas = r.replicas * 2;
      hpa_metric metric;
      metric.utilization = 40;
      hpa.metrics.push_back(metric);
      out.others.push_back(object{std::move(hpa)});
    }
  }
  limit_range range;
  range.meta.ns = "support";
  range.meta.name = "limits";
  range.container_min = {10, 16 * mebi};
  range.container_max = {4000, 4 * gibi};
  range.container_default = {std::nullopt, 512 * mebi};
  out.others.push_back(object{std::move(range)});
  for (int i = 0; i < 12; ++i)
    out.nodes.push_back(make_node(fmt::format("node-{:02}", i + 1), i < 8 ? 48'000 : 64'000,
                                  (i < 8 ? 192 : 256) * gibi));
  return out;
}

}  // namespace scaleops::embedded
