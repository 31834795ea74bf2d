#include "actors/agent/scraper.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/agent/logic/usage_rates.hpp"

namespace scaleops {

namespace {

using scraper_self = scraper_actor::extend<caf::reacts_to<caf::tick_atom>>;

/// What is collected of one workload until the round ends.
struct collected {
  workload_facts_ptr facts;
  std::vector<container_usage> samples;
  std::vector<container_kill> kills;
};

struct container_memory {
  std::string name;
  std::optional<usage_counters> last;
};

struct scraped_pod {
  collected* workload = nullptr;  // nodes of a std::map stay where they are
  uint32_t id = 0;
  std::vector<container_memory> containers;
};

struct scraper_state {
  static inline const char* name = "scraper";
  explicit scraper_state(scraper_self::pointer self) : self{self} {}

  scraper_self::pointer self;
  agent_config cfg;
  component_env env;
  feeder_actor feeder;
  std::map<workload_ref, collected> workloads;
  std::unordered_map<std::string, scraped_pod> pods;  // by uid; looked up only, never walked
  std::vector<std::pair<std::string, double>> nodes;
  bool on = false;
  size_t slots = 1;  // the interval is cut into so many parts, nodes are spread over them
  size_t slot = 0;
  uint64_t samples = 0;
  prometheus::Counter* scrapes_done = nullptr;
  prometheus::Counter* scrapes_failed = nullptr;
  prometheus::Counter* sampled = nullptr;
  prometheus::Counter* kills_seen = nullptr;
  std::map<sample_drop, prometheus::Counter*> drops;

  void on_tick() {
    self->delayed_send(self, cfg.scrape_interval / slots, caf::tick_atom_v);
    if (slot == 0) {
      flush();
      slots = std::clamp<size_t>(nodes.size(), 1, 15);
    }
    if (on)
      for (size_t i = slot; i < nodes.size(); i += slots)
        scrape(nodes[i].first, nodes[i].second);
    slot = (slot + 1) % slots;
  }

  void scrape(const std::string& node, double cores) {
    self->request(env.kube, cfg.scrape_timeout, node_metrics_query{node})
      .then(
        [this, cores](node_metrics_ptr& metrics) {
          scrapes_done->Increment();
          take(*metrics, cores);
        },
        [this](caf::error&) { scrapes_failed->Increment(); });
  }

  void take(const node_metrics& metrics, double cores) {
    auto now = env.anchor.at(self->clock().now());
    usage_limits limits{cfg.oldest_sample, cores};
    uint64_t before = samples;
    const object* of = nullptr;  // a pod's containers come one after the other
    scraped_pod* pod = nullptr;  // null: not placed yet, or already gone
    for (auto& metric : metrics.containers) {
      if (metric.pod.get() != of) {
        of = metric.pod.get();
        auto found = of ? pods.find(meta_of(*of).uid) : pods.end();
        pod = found == pods.end() ? nullptr : &found->second;
      }
      if (pod)
        take(*pod, metric, limits, now);
    }
    sampled->Increment(double(samples - before));
  }

  void take(scraped_pod& pod, const container_metrics& metric, const usage_limits& limits,
            instant now) {
    auto index = container_index(*pod.workload, metric.container);
    if (!index)
      return;
    auto& memory = memory_of(pod, metric.container);
    usage_counters counters{metric.at,      metric.started,           metric.cpu_seconds,
                            metric.periods, metric.throttled_periods, metric.working_set};
    auto result = rate_between(memory.last, counters, limits, now);
    if (!result.sample) {
      drops[result.why]->Increment();
      if (result.why == sample_drop::repeated)
        return;
    }
    memory.last = counters;
    if (result.sample) {
      pod.workload->samples.push_back({*index, pod.id, *result.sample});
      ++samples;
    }
  }

  static std::optional<uint16_t> container_index(const collected& workload,
                                                 const std::string& container) {
    if (workload.facts)
      for (size_t i = 0; i < workload.facts->containers.size(); ++i)
        if (workload.facts->containers[i].name == container)
          return uint16_t(i);
    return std::nullopt;
  }

  static container_memory& memory_of(scraped_pod& pod, const std::string& container) {
    for (auto& memory : pod.containers)
      if (memory.name == container)
        return memory;
    return pod.containers.emplace_back(container_memory{container, {}});
  }

  void on_targets(scrape_targets& targets) {
    auto& news = targets.news;
    for (auto& facts : news.seen)
      workloads[facts->ref].facts = facts;
    for (auto& placed : news.placed)
      pods.insert_or_assign(placed.uid, scraped_pod{&workloads[placed.workload], placed.id, {}});
    bool urgent = false;
    for (auto& found : news.kills)
      urgent |= note_kill(found);
    for (auto& uid : news.removed)
      pods.erase(uid);
    if (urgent)
      flush();  // healing does not wait for the round
    for (auto& ref : news.gone)
      forget(ref);
  }

  /// Completes a kill with what was last measured, and tells whether the container's own limit or
  /// its node did it.
  bool note_kill(found_kill& found) {
    auto workload = workloads.find(found.workload);
    if (workload == workloads.end())
      return false;
    auto& kill = found.kill.kill;
    if (auto pod = pods.find(found.pod_uid); pod != pods.end())
      if (auto& memory = memory_of(pod->second, found.kill.container); memory.last)
        kill.memory_peak = memory.last->working_set;
    // Scrapes miss the last moments: only a use far below the limit speaks for the node.
    bool far_below =
      kill.memory_limit > 0 && kill.memory_peak > 0 && kill.memory_peak < kill.memory_limit / 2;
    kill.cause =
      kill.memory_limit == 0 || far_below ? kill_cause::node_pressure : kill_cause::container_limit;
    kills_seen->Increment();
    workload->second.kills.push_back(std::move(found.kill));
    return true;
  }

  void forget(const workload_ref& ref) {
    auto found = workloads.find(ref);
    if (found == workloads.end())
      return;
    std::erase_if(pods, [&](const auto& entry) { return entry.second.workload == &found->second; });
    workloads.erase(found);
  }

  void flush() {
    usage_collected news;
    for (auto& [ref, workload] : workloads)
      if (workload.facts && (!workload.samples.empty() || !workload.kills.empty())) {
        auto count = workload.samples.size();
        news.usage.push_back(
          {workload.facts, std::exchange(workload.samples, {}), std::exchange(workload.kills, {})});
        workload.samples.reserve(count);  // the next round brings as many
      }
    if (!news.usage.empty())
      self->send(feeder, std::move(news));
  }

  void register_metrics() {
    auto counter = [&](const char* name, const char* help, prometheus::Labels labels = {}) {
      return &prometheus::BuildCounter().Name(name).Help(help).Register(*env.registry).Add(labels);
    };
    scrapes_done =
      counter("scaleops_agent_scrapes_total", "Node scrapes by result", {{"result", "ok"}});
    scrapes_failed =
      counter("scaleops_agent_scrapes_total", "Node scrapes by result", {{"result", "error"}});
    sampled = counter("scaleops_agent_samples_total", "Container samples taken");
    kills_seen = counter("scaleops_agent_oom_kills_total", "OOM kills seen in pod statuses");
    for (auto why : {sample_drop::repeated, sample_drop::stale, sample_drop::impossible})
      drops[why] =
        counter("scaleops_agent_samples_dropped_total", "Container samples dropped, by reason",
                {{"reason", std::string(to_string(why))}});
  }
};

scraper_self::behavior_type scraper(scraper_self::stateful_pointer<scraper_state> self,
                                    agent_config cfg, component_env env, feeder_actor feeder) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.feeder = std::move(feeder);
  st.register_metrics();
  st.on_tick();
  return {[&st](scrape_targets& targets) { st.on_targets(targets); },
          [&st](scrape_nodes& nodes) { st.nodes = std::move(nodes.nodes); },
          [&st](const scrape_switch& turn) { st.on = turn.on; },
          [&st](scrape_count_query) { return st.samples; },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

scraper_actor spawn_scraper(caf::local_actor* parent, agent_config cfg, const component_env& env,
                            feeder_actor feeder) {
  return parent->spawn<caf::linked>(scraper, cfg, env, std::move(feeder));
}

}  // namespace scaleops
