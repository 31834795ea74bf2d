#include "actors/recommender/checkpoint_keeper.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

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

/// Time to write a slot again that could not be written.
struct retry_slot {
  uint32_t slot = 0;
};

}  // namespace

}  // namespace scaleops

SCALEOPS_LOCAL_MESSAGE(scaleops::retry_slot)

namespace scaleops {

namespace {

constexpr milliseconds retry_first = std::chrono::seconds{2};
constexpr milliseconds retry_most = std::chrono::seconds{30};

using keeper_self =
  checkpoint_keeper_actor::extend<caf::reacts_to<caf::tick_atom>, caf::reacts_to<retry_slot>>;

/// One Checkpoint object. One write at a time, and each names the version that it replaces: a write
/// that was given up may still arrive, and must not undo a newer one.
struct slot_state {
  std::optional<write_slot> next;  // newest order not yet sent
  bool busy = false;               // a request or a pause is under way
  uint64_t version = 0;            // of the object; 0: there is none
  uint32_t failures = 0;           // in a row
};

struct keeper_state {
  static inline const char* name = "checkpoint_keeper";
  explicit keeper_state(keeper_self::pointer self) : self{self} {}

  keeper_self::pointer self;
  recommender_config cfg;
  component_env env;
  checkpoint_sink_actor sink;
  std::vector<saved_workload_ptr> loaded;
  std::map<std::string, uint64_t> versions;  // of the objects found at the start, by name
  std::map<uint32_t, slot_state> slots;
  prometheus::Counter* written = nullptr;
  prometheus::Counter* failed = nullptr;
  prometheus::Counter* refused = nullptr;

  void load(std::string token) {
    if (token.empty()) {
      loaded.clear();
      versions.clear();
    }
    self
      ->request(env.kube, cfg.request_timeout,
                list_query{object_kind::checkpoint, std::string{labels::system_namespace}, 16,
                           std::move(token)})
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
    if (!found)
      return;
    versions.insert_or_assign(found->meta.name, found->meta.resource_version);
    if (!found->data)
      return;
    std::string why;
    if (auto workloads = decode_slot(*found->data, why)) {
      loaded.insert(loaded.end(), workloads->begin(), workloads->end());
      return;
    }
    refused->Increment();
    spdlog::warn("recommender refuses checkpoint {}: {}", found->meta.name, why);
  }

  // ---- writing ----

  static object_key key_of_slot(uint32_t slot) {
    return {object_kind::checkpoint,
            std::string(labels::system_namespace),
            fmt::format("slot-{:04}", slot),
            {}};
  }

  void on_write(write_slot& order) {
    auto slot = order.slot;
    auto [found, fresh] = slots.try_emplace(slot);
    if (fresh)
      if (auto known = versions.find(key_of_slot(slot).name); known != versions.end())
        found->second.version = known->second;
    found->second.next = std::move(order);
    pump(slot);
  }

  void pump(uint32_t slot) {
    auto& state = slots[slot];
    if (state.busy || !state.next)
      return;
    auto order = std::make_shared<const write_slot>(*std::exchange(state.next, std::nullopt));
    if (order->workloads.empty() && state.version == 0)
      return;
    state.busy = true;
    if (order->workloads.empty())
      remove(order);
    else
      save(order);
  }

  void save(const std::shared_ptr<const write_slot>& order) {
    auto key = key_of_slot(order->slot);
    checkpoint fresh;
    fresh.meta.ns = key.ns;
    fresh.meta.name = key.name;
    fresh.meta.resource_version = slots[order->slot].version;
    fresh.written = env.anchor.at(self->clock().now());
    fresh.data = std::make_shared<const std::string>(encode_slot(order->workloads));
    auto object_now = std::make_shared<const object>(std::move(fresh));
    auto done = [this, order](object_ptr& stored) { on_saved(order->slot, stored); };
    auto bad = [this, order](caf::error& error) { on_failure(order, error); };
    if (slots[order->slot].version == 0)
      self->request(env.kube, cfg.request_timeout, create_object{object_now}).then(done, bad);
    else
      self->request(env.kube, cfg.request_timeout, update_object{object_now, false})
        .then(done, bad);
  }

  void remove(const std::shared_ptr<const write_slot>& order) {
    self->request(env.kube, cfg.request_timeout, delete_object{key_of_slot(order->slot), {}})
      .then([this, order](write_done&) { on_saved(order->slot, nullptr); },
            [this, order](caf::error& error) { on_failure(order, error); });
  }

  void on_saved(uint32_t slot, const object_ptr& stored) {
    auto& state = slots[slot];
    state.version = stored ? meta_of(*stored).resource_version : 0;
    state.failures = 0;
    state.busy = false;
    written->Increment();
    pump(slot);
  }

  /// What was learned is not lost for a refusal: the order stands until a newer one comes.
  void on_failure(const std::shared_ptr<const write_slot>& order, const caf::error& error) {
    failed->Increment();
    auto& state = slots[order->slot];
    if (!state.next)
      state.next = *order;
    auto code = code_of(error);
    if (code == ec::conflict || code == ec::already_exists)
      return ask_version(order->slot);
    if (code == ec::not_found)
      state.version = 0;
    pause(order->slot);
  }

  void ask_version(uint32_t slot) {
    self->request(env.kube, cfg.request_timeout, get_query{key_of_slot(slot)})
      .then(
        [this, slot](object_ptr& found) {
          slots[slot].version = meta_of(*found).resource_version;
          pause(slot);
        },
        [this, slot](caf::error& error) {
          if (code_of(error) == ec::not_found)
            slots[slot].version = 0;
          pause(slot);
        });
  }

  void pause(uint32_t slot) {
    auto wait = std::min(retry_most, retry_first * (1u << std::min(slots[slot].failures++, 10u)));
    self->delayed_send(self, wait, retry_slot{slot});
  }

  void on_retry(const retry_slot& retry) {
    slots[retry.slot].busy = false;
    pump(retry.slot);
  }
};

keeper_self::behavior_type keeper(keeper_self::stateful_pointer<keeper_state> self,
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
  return {[&st](write_slot& order) { st.on_write(order); }, [&st](caf::tick_atom) { st.load({}); },
          [&st](const retry_slot& retry) { st.on_retry(retry); }};
}

}  // namespace

checkpoint_keeper_actor spawn_checkpoint_keeper(caf::local_actor* parent,
                                                const recommender_config& cfg,
                                                const component_env& env,
                                                checkpoint_sink_actor sink) {
  return parent->spawn<caf::linked>(keeper, cfg, env, std::move(sink));
}

}  // namespace scaleops
