#include "actors/updater/evictor.hpp"

#include <utility>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "messages/labels.hpp"

namespace scaleops {

namespace {

using evictor_self = flight_actor::extend<caf::reacts_to<caf::tick_atom>>;
using end = flight_ended::end;

struct evictor_state {
  static inline const char* name = "evictor";
  explicit evictor_state(evictor_self::pointer self) : self{self} {}

  evictor_self::pointer self;
  updater_config cfg;
  kube_actor kube;
  pod_wish wish;
  std::set<std::string> siblings;
  flight_sink_actor sink;
  enum class stage : uint8_t { asking, evicting, waiting, over } at = stage::asking;
  uint32_t tries = 0;
  bool unsure = false;   // an eviction was sent, and nobody heard what became of it
  bool leaving = false;  // the watch has shown the old pod on its way out
  bool old_gone = false;
  std::shared_ptr<const pod> replacement;  // newest state of the first new pod that got ready
  caf::actor_clock::time_point ready_since{};
  caf::actor_clock::time_point deadline{};

  void ask() {
    at = stage::asking;
    send(true);
  }

  void evict() {
    at = stage::evicting;
    send(false);
  }

  void send(bool dry_run) {
    self
      ->request(
        kube, cfg.request_timeout,
        evict_pod{{wish.target->meta.ns, wish.target->meta.name}, wish.target->meta.uid, dry_run})
      .then([this](write_done) { on_allowed(); }, [this](caf::error& error) { on_failure(error); });
  }

  void on_allowed() {
    if (at == stage::asking)
      return evict();
    if (at != stage::evicting)
      return;
    at = stage::waiting;
    self->send(sink, action_accepted{wish.target->meta.uid, 0});
    deadline = self->clock().now() + cfg.replacement_patience;
    self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
    look();
  }

  void on_failure(const caf::error& error) {
    if (at != stage::asking && at != stage::evicting)
      return;
    auto code = code_of(error);
    unsure |= at == stage::evicting && may_be_done(code);
    if (code == ec::not_found || code == ec::conflict)
      return unsure ? on_gone() : finish(end::gone, refusal::none, text_of(error));
    if (unsure && leaving)
      return on_allowed();
    bool passing = code == ec::too_many_requests || code == ec::unavailable || code == ec::timeout;
    if (passing && tries < cfg.retries) {
      self->delayed_send(self, cfg.retry_first * (1u << tries++), caf::tick_atom_v);
      return;
    }
    if (unsure)
      return ask_pod(error);
    finish(end::refused,
           code == ec::too_many_requests ? refusal::disruption_budget : refusal::api_error,
           text_of(error));
  }

  /// Nobody answered in time: the pod itself tells whether it was evicted.
  void ask_pod(const caf::error& trouble) {
    object_key key{object_kind::pod, wish.target->meta.ns, wish.target->meta.name, {}};
    self->request(kube, cfg.request_timeout, get_query{key})
      .then(
        [this, trouble](object_ptr& found) {
          if (at != stage::evicting)
            return;  // the watch was faster
          auto& meta = meta_of(*found);
          if (meta.uid != wish.target->meta.uid)
            on_gone();
          else if (meta.deleted)
            on_allowed();
          else
            finish(end::refused, refusal::api_error, text_of(trouble));
        },
        [this, trouble](caf::error& error) {
          if (at != stage::evicting)
            return;
          if (code_of(error) == ec::not_found)
            return on_gone();
          finish(end::unclear, refusal::api_error, text_of(trouble));
        });
  }

  /// The eviction whose answer was lost was carried out.
  void on_gone() {
    old_gone = true;
    on_allowed();
  }

  void on_moved(const pod_moved& moved) {
    auto& one = *moved.now;
    if (one.meta.uid == wish.target->meta.uid) {
      old_gone |= moved.deleted;
      leaving |= moved.deleted || one.meta.deleted;
      if (at == stage::asking && old_gone)
        return finish(end::gone, refusal::none, "the pod went away");
      if (at == stage::evicting && unsure && leaving)
        return on_allowed();
    } else if (!siblings.contains(one.meta.uid)) {
      follow_replacement(moved);
    }
    if (at == stage::waiting)
      look();
  }

  void follow_replacement(const pod_moved& moved) {
    bool same = replacement && replacement->meta.uid == moved.now->meta.uid;
    if (moved.deleted || !moved.now->ready) {
      if (same)
        replacement.reset();
    } else if (!replacement || same) {
      if (!same)
        ready_since = self->clock().now();
      replacement = moved.now;
    }
  }

  void look() {
    auto now = self->clock().now();
    if (old_gone && replacement && now - ready_since >= wish.min_ready) {
      if (!replacement->meta.labels.contains(std::string(labels::applied_recommendation)))
        return finish(end::unsized, refusal::none,
                      "the new pod " + replacement->meta.name + " was not sized");
      return finish(end::done, refusal::none, "replaced by " + replacement->meta.name);
    }
    if (now >= deadline)
      finish(end::unreplaced, refusal::none, "no replacement got ready in time");
  }

  void on_tick() {
    switch (at) {
      case stage::asking:
        return ask();
      case stage::evicting:
        return evict();
      case stage::waiting:
        self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
        return look();
      case stage::over:
        return;
    }
  }

  void finish(end how, refusal why, std::string detail) {
    if (at == stage::over)
      return;
    at = stage::over;
    self->send(sink, flight_ended{how, wish, why, std::move(detail)});
    self->quit();
  }
};

evictor_self::behavior_type evictor(evictor_self::stateful_pointer<evictor_state> self,
                                    updater_config cfg, kube_actor kube, flight_order order,
                                    flight_sink_actor sink) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.kube = std::move(kube);
  st.wish = std::move(order.wish);
  st.siblings = std::move(order.siblings);
  st.sink = std::move(sink);
  st.ask();
  return {[&st](const pod_moved& moved) { st.on_moved(moved); },
          [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

flight_actor spawn_evictor(caf::local_actor* parent, const updater_config& cfg,
                           const kube_actor& kube, flight_order order, flight_sink_actor sink) {
  return parent->spawn<caf::linked>(evictor, cfg, kube, std::move(order), std::move(sink));
}

}  // namespace scaleops
