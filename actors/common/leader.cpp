#include "actors/common/leader.hpp"

#include <utility>

#include <spdlog/spdlog.h>
#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/labels.hpp"

namespace scaleops {

namespace {

using leader_self = caf::typed_actor<caf::reacts_to<caf::tick_atom>>;

struct leader_state {
  static inline const char* name = "leader";
  explicit leader_state(leader_self::pointer self) : self{self} {}

  leader_self::pointer self;
  leader_config cfg;
  component_env env;
  leadership_sink_actor sink;
  bool leads = false;
  bool asking = false;
  int32_t term = 0;
  caf::actor_clock::time_point renewed{};  // when our own last success was sent
  // Another holder's lease counts as alive while its renewals are seen to move by our own clock, so
  // that clocks of different machines need not agree.
  uint64_t seen_version = 0;
  caf::actor_clock::time_point seen_at{};
  // Our own lease as last stored: renewed without a look, as client-go does, until a write fails.
  std::shared_ptr<const lease> held;

  void on_tick() {
    self->delayed_send(self, cfg.renew, caf::tick_atom_v);
    if (leads && self->clock().now() - renewed > cfg.duration - cfg.renew)
      become(false);
    if (asking)
      return;
    if (leads && held)
      take(held);
    else
      look();
  }

  void look() {
    asking = true;
    self->request(env.kube, cfg.request_timeout, get_query{lease_key()})
      .then([this](object_ptr& found) { on_found(object_cast<lease>(found)); },
            [this](caf::error& error) {
              asking = false;
              if (code_of(error) == ec::not_found)
                take(nullptr);
            });
  }

  void on_found(std::shared_ptr<const lease> current) {
    asking = false;
    auto now = self->clock().now();
    if (!current)
      return;
    if (current->meta.resource_version != seen_version) {
      seen_version = current->meta.resource_version;
      seen_at = now;
    }
    bool ours = current->holder == env.identity;
    bool free = current->holder.empty() || now - seen_at > current->duration;
    if (ours || free)
      take(std::move(current));
    else
      become(false);
  }

  void take(std::shared_ptr<const lease> current) {
    asking = true;
    auto now = self->clock().now();
    auto wall = env.anchor.at(now);
    auto wanted = current ? *current : lease{};
    bool moves = !current || current->holder != env.identity;
    if (!current) {
      wanted.meta.ns = labels::system_namespace;
      wanted.meta.name = cfg.lease;
    }
    if (moves) {
      wanted.holder = env.identity;
      wanted.acquired = wall;
      wanted.transitions += current ? 1 : 0;
    }
    wanted.duration = cfg.duration;
    wanted.renewed = wall;
    auto object_now = std::make_shared<const object>(std::move(wanted));
    auto done = [this, now](object_ptr& stored) {
      asking = false;
      renewed = now;
      held = object_cast<lease>(stored);
      if (held) {
        seen_version = held->meta.resource_version;
        seen_at = now;
        term = held->transitions;
      }
      become(true);
    };
    // A conflict alone does not tell whose the lease is now: a write of our own whose answer was
    // lost looks the same. The next look does; until then the last renewal counts, as in client-go.
    auto lost = [this, unseen = current && current == held](caf::error& error) {
      asking = false;
      held = nullptr;
      if (unseen && code_of(error) == ec::conflict)
        look();
    };
    if (current)
      self->request(env.kube, cfg.request_timeout, update_object{object_now, false})
        .then(done, lost);
    else
      self->request(env.kube, cfg.request_timeout, create_object{object_now}).then(done, lost);
  }

  void become(bool now_leads) {
    if (leads == now_leads)
      return;
    leads = now_leads;
    spdlog::info("{} {} lease {}", env.identity, leads ? "holds" : "lost", cfg.lease);
    self->send(sink, leadership_changed{leads, term});
  }

  object_key lease_key() const {
    return {object_kind::lease, std::string(labels::system_namespace), cfg.lease, {}};
  }
};

leader_self::behavior_type leader(leader_self::stateful_pointer<leader_state> self,
                                  leader_config cfg, component_env env,
                                  leadership_sink_actor sink) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.env = std::move(env);
  st.sink = std::move(sink);
  st.on_tick();
  return {[&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

void spawn_leader(caf::local_actor* parent, leader_config cfg, const component_env& env,
                  leadership_sink_actor sink) {
  parent->spawn<caf::linked>(leader, std::move(cfg), env, std::move(sink));
}

}  // namespace scaleops
