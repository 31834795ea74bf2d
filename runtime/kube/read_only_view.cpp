#include "runtime/kube/read_only_view.hpp"

#include <set>

#include <fmt/format.h>
#include <caf/actor_system.hpp>
#include <caf/delegated.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace scaleops::kube {

namespace {

struct view_state {
  static inline const char* name = "read-only-view";
  explicit view_state(kube_actor::pointer self) : self{self} {}

  kube_actor::pointer self;
  kube_actor real, store;
  std::set<std::string> homes;  // namespaces that the store has

  const kube_actor& home_of(object_kind kind) const { return is_kept_beside(kind) ? store : real; }

  template <class Result, class Message>
  caf::result<Result> pass(const kube_actor& to, Message message) {
    auto promise = self->make_response_promise<Result>();
    self->request(to, std::chrono::minutes{1}, std::move(message))
      .then([promise](Result& result) mutable { promise.deliver(std::move(result)); },
            [promise](caf::error& error) mutable { promise.deliver(std::move(error)); });
    return promise;
  }

  /// A change: to the store, if it is its business.
  template <class Result, class Message>
  caf::result<Result> change(object_kind kind, std::string_view verb, Message message) {
    if (is_kept_beside(kind))
      return pass<Result>(store, std::move(message));
    return fail(ec::forbidden, fmt::format("read-only: {} {} is not done on a real cluster", verb,
                                           to_string(kind)));
  }

  /// The store knows no namespaces by itself.
  caf::result<object_ptr> create(const create_object& wish) {
    if (!wish.object || !is_kept_beside(kind_of(*wish.object)) ||
        meta_of(*wish.object).ns.empty() || homes.contains(meta_of(*wish.object).ns))
      return change<object_ptr>(wish.object ? kind_of(*wish.object) : object_kind::pod, "create",
                                wish);
    auto promise = self->make_response_promise<object_ptr>();
    namespace_object home;
    home.meta.name = meta_of(*wish.object).ns;
    homes.insert(home.meta.name);
    auto go_on = [this, promise, wish]() mutable {
      self->request(store, std::chrono::minutes{1}, wish)
        .then([promise](object_ptr& made) mutable { promise.deliver(std::move(made)); },
              [promise](caf::error& error) mutable { promise.deliver(std::move(error)); });
    };
    self
      ->request(store, std::chrono::minutes{1},
                create_object{std::make_shared<const object>(std::move(home))})
      .then([go_on](object_ptr&) mutable { go_on(); },
            [go_on](caf::error&) mutable { go_on(); });  // most often it is there
    return promise;
  }

  const kube_actor& owner_of(uint64_t watch) const {
    return watch >= first_real_watch ? real : store;
  }
};

kube_actor::behavior_type view(kube_actor::stateful_pointer<view_state> self, kube_actor real,
                               kube_actor store) {
  auto& st = self->state;
  st.real = std::move(real);
  st.store = std::move(store);
  return {
    [&st](const list_query& m) { return st.pass<object_list>(st.home_of(m.kind), m); },
    [&st](const get_query& m) { return st.pass<object_ptr>(st.home_of(m.key.kind), m); },
    [&st](const open_watch& m) { return st.pass<watch_opened>(st.home_of(m.kind), m); },
    [&st](const watch_ack& m) { st.self->send(st.owner_of(m.watch), m); },
    [&st](const close_watch& m) { st.self->send(st.owner_of(m.watch), m); },
    [&st](const node_metrics_query& m) { return st.pass<node_metrics_ptr>(st.real, m); },
    [&st](const create_object& m) { return st.create(m); },
    [&st](const update_object& m) {
      return st.change<object_ptr>(m.object ? kind_of(*m.object) : object_kind::pod, "update", m);
    },
    [&st](const patch_metadata& m) { return st.change<object_ptr>(m.key.kind, "patch", m); },
    [&st](const delete_object& m) { return st.change<write_done>(m.key.kind, "delete", m); },
    [&st](const resize_pod& m) { return st.change<object_ptr>(object_kind::pod, "resize", m); },
    [&st](const evict_pod& m) { return st.change<write_done>(object_kind::pod, "evict", m); },
    [&st](const token_query& m) { return st.pass<user_info>(st.real, m); },
    [&st](const access_query& m) { return st.pass<access_answer>(st.real, m); },
  };
}

}  // namespace

bool is_kept_beside(object_kind kind) {
  return kind == object_kind::lease || kind == object_kind::event || kind >= object_kind::policy;
}

kube_actor spawn_read_only_view(caf::actor_system& sys, kube_actor real, kube_actor store) {
  return sys.spawn(view, std::move(real), std::move(store));
}

}  // namespace scaleops::kube
