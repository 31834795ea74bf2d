#include "actors/agent/feeder.hpp"

#include <map>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/entropy.hpp"

namespace scaleops {

namespace {

using feeder_self = feeder_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct feeder_state {
  static inline const char* name = "feeder";
  explicit feeder_state(feeder_self::pointer self) : self{self} {}

  feeder_self::pointer self;
  agent_config cfg;
  component_env env;  // keeps the counters alive
  recommender_actor recommender;
  uint64_t agent = 0;
  uint64_t seq = 0;
  std::vector<workload_usage> waiting;
  size_t waiting_samples = 0;
  std::shared_ptr<const std::vector<workload_usage>> under_way;
  prometheus::Counter* fed = nullptr;
  prometheus::Counter* resent = nullptr;
  prometheus::Counter* lost = nullptr;

  void on_collected(usage_collected& news) {
    for (auto& part : news.usage) {
      waiting_samples += part.samples.size();
      waiting.push_back(std::move(part));
    }
    drop_oldest();
    if (!under_way)
      send_next();
  }

  /// Memory stays bounded while the recommender is away: the oldest samples go, kills stay.
  void drop_oldest() {
    size_t first = 0;
    for (; waiting_samples > cfg.batch_most && first < waiting.size(); ++first) {
      auto& part = waiting[first];
      lost->Increment(double(part.samples.size()));
      waiting_samples -= part.samples.size();
      part.samples.clear();
    }
    if (first > 0)
      std::erase_if(waiting, [](const workload_usage& part) {
        return part.samples.empty() && part.kills.empty();
      });
  }

  void send_next() {
    if (waiting.empty())
      return;
    ++seq;
    waiting_samples = 0;
    under_way = std::make_shared<const std::vector<workload_usage>>(std::exchange(waiting, {}));
    send();
  }

  void send() {
    self->request(recommender, cfg.batch_timeout, usage_batch{agent, seq, under_way})
      .then(
        [this, now = seq](const usage_ack&) {
          if (now != seq || !under_way)
            return;
          for (auto& part : *under_way)
            fed->Increment(double(part.samples.size()));
          under_way.reset();
          send_next();
        },
        [this, now = seq](caf::error&) {
          if (now == seq && under_way)
            self->delayed_send(self, std::chrono::seconds{1}, caf::tick_atom_v);
        });
  }

  void on_tick() {
    if (!under_way)
      return;
    resent->Increment();
    send();
  }
};

feeder_self::behavior_type feeder(feeder_self::stateful_pointer<feeder_state> self,
                                  agent_config cfg, component_env env,
                                  recommender_actor recommender) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = env;
  st.recommender = std::move(recommender);
  st.agent = entropy{env.seed}.next() ^ uint64_t(self->clock().now().time_since_epoch().count());
  auto counter = [&](const char* name, const char* help) {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(*env.registry).Add({});
  };
  st.fed = counter("scaleops_agent_samples_fed_total", "Samples that the recommender acknowledged");
  st.resent = counter("scaleops_agent_batches_resent_total", "Batches sent again after no answer");
  st.lost = counter("scaleops_agent_samples_lost_total",
                    "Oldest samples dropped while the recommender was away");
  return {[&st](usage_collected& news) { st.on_collected(news); },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

feeder_actor spawn_feeder(caf::local_actor* parent, agent_config cfg, const component_env& env,
                          recommender_actor recommender) {
  return parent->spawn<caf::linked>(feeder, cfg, env, std::move(recommender));
}

}  // namespace scaleops
