#include "actors/updater/resizer.hpp"

#include <algorithm>
#include <utility>

#include <caf/local_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/common/logic/stamps.hpp"
#include "actors/updater/logic/progress.hpp"
#include "messages/labels.hpp"

namespace scaleops {

namespace {

using self_actor = flight_actor::extend<caf::reacts_to<caf::tick_atom>>;
using end = flight_ended::end;

struct resizer_state {
  static inline const char* name = "resizer";
  explicit resizer_state(self_actor::pointer self) : self{self} {}

  self_actor::pointer self;
  updater_config cfg;
  kube_actor kube;
  pod_wish wish;
  flight_sink_actor sink;
  std::shared_ptr<const pod> seen;  // newest state of the pod
  int64_t generation = 0;           // of our resize; 0: not taken yet
  uint32_t tries = 0;
  bool over = false;
  caf::actor_clock::time_point taken{};  // when the API server took it
  std::optional<caf::actor_clock::time_point>
    deferred;  // since when the kubelet puts this resize off

  void start() {
    seen = wish.target;
    if (wish.reverts || origin_of(wish.target->meta))
      send_resize();
    else
      record_origin();
  }

  /// Before anything is changed it must be known how to change it back.
  void record_origin() {
    patch_metadata patch{key(), 0, {}, {}, {}};
    patch.annotations.emplace(labels::origin_resources,
                              write_resources(named(wish.target->containers)));
    self->request(kube, cfg.request_timeout, std::move(patch))
      .then([this](object_ptr&) { send_resize(); },
            [this](caf::error& error) { on_failure(error, &resizer_state::record_origin); });
  }

  void send_resize() {
    self
      ->request(kube, cfg.request_timeout,
                resize_pod{ref(), wish.target->meta.uid, wish.containers})
      .then([this](object_ptr& stored) { on_taken(object_cast<pod>(stored)); },
            [this](caf::error& error) { on_failure(error, &resizer_state::send_resize); });
  }

  void on_taken(std::shared_ptr<const pod> stored) {
    if (over || !stored)
      return finish(end::gone, refusal::none, "the pod went away");
    generation = stored->meta.generation;
    taken = self->clock().now();
    self->send(sink, resize_accepted{stored->meta.uid, generation});
    if (stored->meta.resource_version > seen->meta.resource_version)
      seen = std::move(stored);
    self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
    look();
  }

  /// Passing troubles are tried again a few times; everything else ends the flight.
  void on_failure(const caf::error& error, void (resizer_state::*again)()) {
    auto code = code_of(error);
    switch (code) {
      case ec::infeasible:
        return finish(end::refused, refusal::infeasible, text_of(error));
      case ec::invalid:
        return finish(end::refused, refusal::infeasible, text_of(error));
      case ec::not_found:
      case ec::conflict:
        return finish(end::gone, refusal::none, text_of(error));
      case ec::too_many_requests:
      case ec::server_error:
      case ec::unavailable:
      case ec::timeout:
        if (tries < cfg.retries) {
          self->delayed_send(self, cfg.retry_first * (1u << tries++), caf::tick_atom_v);
          retry = again;
          return;
        }
        break;
      default:
        break;
    }
    finish(end::refused, refusal::api_error, text_of(error));
  }
  void (resizer_state::*retry)() = nullptr;

  void on_moved(pod_moved& moved) {
    if (over || moved.now->meta.name != wish.target->meta.name)
      return;
    if (moved.deleted || moved.now->meta.deleted || moved.now->meta.uid != wish.target->meta.uid)
      return finish(end::gone, refusal::none, "the pod went away");
    seen = std::move(moved.now);
    if (generation != 0)
      look();
  }

  void look() {
    auto progress = progress_of(*seen, wish.containers, generation);
    auto now = self->clock().now();
    if (progress.stage != resize_stage::deferred)
      deferred.reset();
    switch (progress.stage) {
      case resize_stage::done:
        return stamp();
      case resize_stage::infeasible:
        return finish(end::refused, refusal::infeasible, progress.message);
      case resize_stage::deferred:
        // Counted from this attempt: what an earlier one waited for says nothing about this one.
        if (!deferred)
          deferred = now;
        if (now - *deferred >= cfg.deferred_report)
          return finish(end::refused, refusal::deferred, progress.message);
        break;
      case resize_stage::under_way:
      case resize_stage::failing:
        if (now - taken >= cfg.resize_patience)
          return finish(end::refused, refusal::deferred,
                        progress.message.empty() ? "the kubelet has not acted" : progress.message);
        break;
    }
  }

  void on_tick() {
    if (over)
      return;
    if (retry)
      return (this->*std::exchange(retry, nullptr))();
    self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
    look();
  }

  /// In force: the pod says so. A failed stamp costs an annotation, not the resize.
  void stamp() {
    over = true;
    patch_metadata patch{key(), 0, {}, {}, {}};
    if (wish.reverts) {
      for (auto label : {labels::managed, labels::applied_recommendation})
        patch.labels.emplace(label, std::nullopt);
      for (auto note : {labels::admission, labels::applied_policy, labels::origin_resources,
                        labels::last_applied_resources, labels::managed_containers})
        patch.annotations.emplace(note, std::nullopt);
    } else {
      named_resources applied;
      for (auto& part : wish.containers)
        applied.emplace(part.container, part.resources);
      auto stamps = stamps_for(seen->meta, {wish.revision, wish.policy, "resized",
                                            named(wish.target->containers), std::move(applied)});
      patch.labels.insert(stamps.labels.begin(), stamps.labels.end());
      patch.annotations.insert(stamps.annotations.begin(), stamps.annotations.end());
    }
    self->request(kube, cfg.request_timeout, std::move(patch))
      .then([this](object_ptr&) { tell(end::done, refusal::none, {}); },
            [this](caf::error& error) {
              tell(end::done, refusal::none, "not stamped: " + text_of(error));
            });
  }

  void finish(end how, refusal why, std::string detail) {
    if (over)
      return;
    over = true;
    tell(how, why, std::move(detail));
  }

  void tell(end how, refusal why, std::string detail) {
    self->send(sink, flight_ended{how, wish, why, std::move(detail)});
    self->quit();
  }

  pod_ref ref() const { return {wish.target->meta.ns, wish.target->meta.name}; }
  object_key key() const {
    return {object_kind::pod, wish.target->meta.ns, wish.target->meta.name, {}};
  }
};

self_actor::behavior_type resizer(self_actor::stateful_pointer<resizer_state> self,
                                  updater_config cfg, kube_actor kube, flight_order order,
                                  flight_sink_actor sink) {
  auto& st = self->state;
  st.cfg = std::move(cfg);
  st.kube = std::move(kube);
  st.wish = std::move(order.wish);
  st.sink = std::move(sink);
  st.start();
  return {[&st](pod_moved& moved) { st.on_moved(moved); }, [&st](caf::tick_atom) { st.on_tick(); }};
}

}  // namespace

flight_actor spawn_resizer(caf::local_actor* parent, const updater_config& cfg,
                           const kube_actor& kube, flight_order order, flight_sink_actor sink) {
  return parent->spawn<caf::linked>(resizer, cfg, kube, std::move(order), std::move(sink));
}

}  // namespace scaleops
