#include "actors/recommender/checkpoint_keeper.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>
#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/recommender/checkpoint_slot.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

using self_actor = checkpoint_keeper_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct keeper_state {
  static inline const char* name = "checkpoint_keeper";
  explicit keeper_state(self_actor::pointer self) : self{self} {}

  self_actor::pointer self;
  recommender_config cfg;
  component_env env;
  checkpoint_sink_actor sink;
  std::vector<saved_workload_ptr> loaded;
  prometheus::Counter* written = nullptr;
  prometheus::Counter* failed = nullptr;
  prometheus::Counter* refused = nullptr;

  void load(std::string token) {
    if (token.empty())
      loaded.clear();
    self
      ->request(env.kube, cfg.request_timeout,
                list_query{object_kind::checkpoint, {}, 16, std::move(token)})
      .then([this](object_list& page) { on_page(page); },
            [this](caf::error&) {
              self->delayed_send(self, std::chrono::seconds{2}, caf::tick_atom_v);
            });
  }

  void on_page(object_list& page) {
    for (auto& item : page.items)
      read(object_cast<checkpoint>(item));
    if (!page.continue_token.empty())
      return load(std::move(page.continue_token));
    self->send(sink, checkpoints_loaded{std::move(loaded)});
  }

  void read(const std::shared_ptr<const checkpoint>& found) {
    if (!found || !found->data)
      return;
    std::string why;
    if (auto workloads = decode_slot(*found->data, why)) {
      loaded.insert(loaded.end(), workloads->begin(), workloads->end());
      return;
    }
    refused->Increment();
    spdlog::warn("recommender refuses checkpoint {}: {}", found->meta.name, why);
  }

  void on_write(const write_slot& order) {
    checkpoint fresh;
    fresh.meta.ns = labels::system_namespace;
    fresh.meta.name = fmt::format("slot-{:04}", order.slot);
    object_key key{object_kind::checkpoint, fresh.meta.ns, fresh.meta.name, {}};
    if (order.workloads.empty()) {
      self->request(env.kube, cfg.request_timeout, delete_object{key, {}})
        .then([](write_done&) {}, [](caf::error&) {});  // most often there is none
      return;
    }
    fresh.written = env.anchor.at(self->clock().now());
    fresh.data = std::make_shared<const std::string>(encode_slot(order.workloads));
    auto object_now = std::make_shared<const object>(std::move(fresh));
    auto count_ok = [this](object_ptr&) { written->Increment(); };
    auto count_bad = [this](caf::error&) { failed->Increment(); };
    // No resource version: this slot has one writer, its newest word counts.
    self->request(env.kube, cfg.request_timeout, update_object{object_now, false})
      .then(count_ok, [this, object_now, count_ok, count_bad](caf::error& error) {
        if (code_of(error) == ec::not_found)
          self->request(env.kube, cfg.request_timeout, create_object{object_now})
            .then(count_ok, count_bad);
        else
          failed->Increment();
      });
  }
};

self_actor::behavior_type keeper(self_actor::stateful_pointer<keeper_state> self,
                                 recommender_config cfg, component_env env,
                                 checkpoint_sink_actor sink) {
  auto& st = self->state;
  st.cfg = cfg;
  st.env = std::move(env);
  st.sink = std::move(sink);
  auto& writes = prometheus::BuildCounter()
                   .Name("scaleops_recommender_checkpoint_writes_total")
                   .Help("Checkpoint objects written, by result")
                   .Register(*st.env.registry);
  st.written = &writes.Add({{"result", "ok"}});
  st.failed = &writes.Add({{"result", "error"}});
  st.refused = &prometheus::BuildCounter()
                  .Name("scaleops_recommender_checkpoints_refused_total")
                  .Help("Checkpoint objects that could not be read")
                  .Register(*st.env.registry)
                  .Add({});
  st.load({});
  return {[&st](const write_slot& order) { st.on_write(order); },
          [&st](caf::tick_atom) { st.load({}); }};
}

}  // namespace

checkpoint_keeper_actor spawn_checkpoint_keeper(caf::local_actor* parent,
                                                const recommender_config& cfg,
                                                const component_env& env,
                                                checkpoint_sink_actor sink) {
  return parent->spawn<caf::linked>(keeper, cfg, env, std::move(sink));
}

}  // namespace scaleops
