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

using resizer_self = flight_actor::extend<caf::reacts_to<caf::tick_atom>>;
using end = flight_ended::end;

struct resizer_state {
  static inline const char* name = "resizer";
  explicit resizer_state(resizer_self::pointer self) : self{self} {}

  resizer_self::pointer self;
  updater_config cfg;
  kube_actor kube;
  pod_wish wish;
  flight_sink_actor sink;
  std::shared_ptr<const pod> seen;  // newest state of the pod
  enum class stage : uint8_t { sending, taken, stamping, over } at = stage::sending;
  int64_t generation = 0;  // of our resize
  uint32_t tries = 0;
  bool unsure = false;  // a resize was sent, and nobody heard what became of it
  void (resizer_state::*retry)() = nullptr;
  caf::actor_clock::time_point taken{};  // when the API server took it
  std::optional<caf::actor_clock::time_point>
    deferred;  // since when the kubelet puts this resize off

  void start() {
    seen = wish.target;
    if (wish.confirms)
      stamp();
    else if (wish.reverts || origin_of(wish.target->meta))
      send_resize();
    else
      record_origin();
  }

  /// Before anything is changed it must be known how to change it back.
  void record_origin() {
    auto patch = empty_patch();
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
            [this](caf::error& error) {
              unsure |= may_be_done(code_of(error));
              on_failure(error, &resizer_state::send_resize);
            });
  }

  void on_taken(std::shared_ptr<const pod> stored) {
    if (at != stage::sending)
      return;
    if (!stored)
      return finish(end::gone, refusal::none, "the pod went away");
    at = stage::taken;
    retry = nullptr;
    generation = stored->meta.generation;
    taken = self->clock().now();
    self->send(sink, action_accepted{stored->meta.uid, generation});
    if (stored->meta.resource_version > seen->meta.resource_version)
      seen = std::move(stored);
    self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
    look();
  }

  /// Passing troubles are tried again a few times; everything else ends the flight.
  void on_failure(const caf::error& error, void (resizer_state::*again)()) {
    if (at != stage::sending)
      return;
    if (unsure && has_wish(*seen))
      return on_taken(seen);
    auto code = code_of(error);
    if (code == ec::infeasible || code == ec::invalid)
      return finish(end::refused, refusal::infeasible, text_of(error));
    if (code == ec::not_found || code == ec::conflict)
      return finish(end::gone, refusal::none, text_of(error));
    if ((may_be_done(code) || code == ec::too_many_requests) && try_again(again))
      return;
    if (unsure)
      return ask_pod(text_of(error));
    finish(end::refused, refusal::api_error, text_of(error));
  }

  bool try_again(void (resizer_state::*again)()) {
    if (tries >= cfg.retries)
      return false;
    self->delayed_send(self, cfg.retry_first * (1u << tries++), caf::tick_atom_v);
    retry = again;
    return true;
  }

  /// Nobody answered in time: the pod itself tells whether the resize was done.
  void ask_pod(std::string trouble) {
    self->request(kube, cfg.request_timeout, get_query{key()})
      .then(
        [this, trouble](object_ptr& found) {
          auto now_is = object_cast<pod>(found);
          if (!now_is || now_is->meta.uid != wish.target->meta.uid)
            finish(end::gone, refusal::none, "the pod went away");
          else if (has_wish(*now_is))
            on_taken(std::move(now_is));
          else
            finish(end::refused, refusal::api_error, trouble);
        },
        [this, trouble](caf::error& error) {
          if (code_of(error) == ec::not_found)
            return finish(end::gone, refusal::none, "the pod went away");
          finish(end::unclear, refusal::api_error, trouble);
        });
  }

  bool has_wish(const pod& one) const {
    return std::all_of(wish.containers.begin(), wish.containers.end(), [&](auto& part) {
      auto index = find_container(one.containers, part.container);
      return index && one.containers[*index].resources == part.resources;
    });
  }

  void on_moved(pod_moved& moved) {
    if (at == stage::over || moved.now->meta.name != wish.target->meta.name)
      return;
    if (moved.deleted || moved.now->meta.deleted || moved.now->meta.uid != wish.target->meta.uid) {
      if (at == stage::stamping)  // it was in force
        return finish_stamped(true, "then the pod went away");
      return finish(end::gone, refusal::none, "the pod went away");
    }
    seen = std::move(moved.now);
    if (at == stage::taken)
      look();
    else if (at == stage::stamping && stands(*seen))
      finish_stamped(true, {});
    else if (at == stage::sending && unsure && has_wish(*seen))
      on_taken(seen);
  }

  void look() {
    auto progress = progress_of(*seen, wish.containers, generation);
    auto now = self->clock().now();
    if (progress.stage != resize_stage::deferred)
      deferred.reset();
    switch (progress.stage) {
      case resize_stage::done:
        tries = 0;
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
    if (retry)
      return (this->*std::exchange(retry, nullptr))();
    if (at != stage::taken)
      return;
    self->delayed_send(self, std::chrono::seconds{5}, caf::tick_atom_v);
    look();
  }

  // ---- in force: the pod says so ----

  /// A stamp that fails costs an annotation, not the resize. The same stamp twice is one.
  void stamp() {
    at = stage::stamping;
    self->request(kube, cfg.request_timeout, stamps())
      .then(
        [this](object_ptr& stored) {
          finish_stamped(true, {}, stored ? meta_of(*stored).resource_version : 0);
        },
        [this](caf::error& error) { on_stamp_failed(error); });
  }

  void on_stamp_failed(const caf::error& error) {
    if (at != stage::stamping)
      return;
    auto code = code_of(error);
    if ((may_be_done(code) || code == ec::too_many_requests) && try_again(&resizer_state::stamp))
      return;
    finish_stamped(false, "not stamped: " + text_of(error));
  }

  patch_metadata stamps() const {
    auto patch = empty_patch();
    if (wish.reverts) {
      for (auto label : {labels::managed, labels::applied_recommendation})
        patch.labels.emplace(label, std::nullopt);
      for (auto note : {labels::admission, labels::applied_policy, labels::origin_resources,
                        labels::last_applied_resources, labels::managed_containers})
        patch.annotations.emplace(note, std::nullopt);
      return patch;
    }
    auto fresh = fresh_stamps();
    patch.labels.insert(fresh.labels.begin(), fresh.labels.end());
    patch.annotations.insert(fresh.annotations.begin(), fresh.annotations.end());
    return patch;
  }

  pod_stamps fresh_stamps() const {
    named_resources applied;
    for (auto& managed : managed_containers_of(seen->meta))
      if (auto index = find_container(seen->containers, managed))
        applied.emplace(managed, seen->containers[*index].resources);
    for (auto& part : wish.containers)
      applied.insert_or_assign(part.container, part.resources);
    return stamps_for(seen->meta, {wish.revision, wish.policy, "resized",
                                   named(wish.target->containers), std::move(applied)});
  }

  bool stands(const pod& one) const {
    return wish.reverts ? !one.meta.labels.contains(std::string(labels::managed))
                        : fresh_stamps().stands_on(one.meta);
  }

  void finish_stamped(bool stamped, std::string detail, uint64_t version = 0) {
    tell({end::done, wish, refusal::none, std::move(detail), stamped, version});
  }

  void finish(end how, refusal why, std::string detail) {
    tell({how, wish, why, std::move(detail)});
  }

  void tell(flight_ended what) {
    if (at == stage::over)
      return;
    at = stage::over;
    self->send(sink, std::move(what));
    self->quit();
  }

  pod_ref ref() const { return {wish.target->meta.ns, wish.target->meta.name}; }
  object_key key() const {
    return {object_kind::pod, wish.target->meta.ns, wish.target->meta.name, {}};
  }
  /// Whatever is patched: this pod, and not the next one of its name.
  patch_metadata empty_patch() const { return {key(), 0, {}, {}, {}, wish.target->meta.uid}; }
};

resizer_self::behavior_type resizer(resizer_self::stateful_pointer<resizer_state> self,
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
