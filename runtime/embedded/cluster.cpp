#include "runtime/embedded/cluster.hpp"

#include <map>

#include <caf/actor_system.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace scaleops::embedded {

namespace {

// Own ticks stay private.
using cluster_self = embedded_cluster_actor::extend<caf::reacts_to<caf::tick_atom>,
                                                    caf::reacts_to<uint64_t /* late answer */>>;

caf::error to_caf(const api_error& error) {
  return fail(error.code, error.text);
}

template <class T>
caf::result<T> reply(outcome<T> result) {
  if (!result)
    return to_caf(result.error());
  return std::move(*result);
}

caf::result<write_done> reply(const outcome<nothing>& result) {
  if (!result)
    return to_caf(result.error());
  return write_done{};
}

template <class T>
void keep(caf::typed_response_promise<T>& promise, outcome<T> result) {
  if (result)
    promise.deliver(std::move(*result));
  else
    promise.deliver(to_caf(result.error()));
}

void keep(caf::typed_response_promise<write_done>& promise, const outcome<nothing>& result) {
  if (result)
    promise.deliver(write_done{});
  else
    promise.deliver(to_caf(result.error()));
}

struct cluster_actor_state {
  static inline const char* name = "embedded-cluster";
  explicit cluster_actor_state(cluster_self::pointer self) : self{self} {}

  ~cluster_actor_state() {
    if (!model)
      return;
    model->on_altered = nullptr;  // these point here
    state().webhook = nullptr;
    state().creations.clear();
    late.clear();
  }

  cluster_self::pointer self;
  wall_anchor anchor;
  std::shared_ptr<cluster_model> model;
  admissions_actor webhook;
  std::map<uint64_t, watch_sink_actor> sinks;
  std::vector<std::pair<uint64_t, admission_review>> reviews;  // to be sent to the webhook
  std::map<uint64_t, std::function<void()>> late;
  uint64_t late_answers = 0;
  instant armed{};  // of the earliest tick under way; zero: none

  cluster_state& state() { return model->state(); }

  /// Brings the model to the present before anything is asked of it.
  void catch_up() { model->advance(anchor.at(self->clock().now())); }

  /// Controllers react, watchers hear of it, and the next tick is set. Ends every handler.
  void finish() {
    settle(state());
    while (!reviews.empty()) {
      for (auto& [ticket, review] : std::exchange(reviews, {}))
        webhook ? ask_webhook(ticket, review) : answer_admission(state(), ticket, std::nullopt);
      settle(state());
    }
    for (auto& delivery : state().watches.collect(model->now()))
      deliver(std::move(delivery));
    arm();
  }

  void deliver(watch_delivery delivery) {
    auto found = sinks.find(delivery.watch);
    if (found == sinks.end())
      return;
    if (delivery.closed == ec::none) {
      self->send(found->second, watch_events{delivery.watch, std::move(delivery.events)});
      return;
    }
    self->send(found->second, watch_closed{delivery.watch, delivery.closed});
    sinks.erase(found);
  }

  void arm() {
    auto next = std::max(model->next_due(), model->now() + milliseconds{1});
    if (armed != instant{} && armed <= next)
      return;
    armed = next;
    self->delayed_send(self, next - anchor.at(self->clock().now()), caf::tick_atom_v);
  }

  void on_tick() {
    catch_up();
    if (armed <= model->now())
      armed = {};
    finish();
  }

  /// An answer that takes its time.
  void later(milliseconds delay, std::function<void()> answer) {
    late.emplace(++late_answers, std::move(answer));
    self->delayed_send(self, delay, late_answers);
  }
  void on_late(uint64_t id) {
    if (auto found = late.extract(id))
      found.mapped()();
  }

  /// Every request goes this way: the present first, then a fault if a test wants one, then the
  /// work, then its consequences. A lost answer is a promise that is never kept.
  template <class Result, class Work>
  caf::result<Result> serve(std::string_view verb, Work work) {
    catch_up();
    auto fault = model->api_fault(verb);
    if (fault != ec::none && fault != ec::timeout) {
      finish();
      return fail(fault, "the test says " + std::string(to_string(fault)));
    }
    auto result = work();
    finish();
    auto delay = model->api_delay(verb);
    if (fault == ec::none && delay == milliseconds{0})
      return reply(std::move(result));
    auto promise = self->make_response_promise<Result>();
    if (fault == ec::none)
      later(delay, [promise, result]() mutable { keep(promise, std::move(result)); });
    return promise;
  }

  caf::result<watch_opened> on_open_watch(open_watch& request) {
    catch_up();
    if (auto fault = model->api_fault("watch"); fault != ec::none)
      return fail(fault, "the test says " + std::string(to_string(fault)));
    auto id = state().watches.open(request.kind, request.resource_version, model->now());
    if (!id)
      return to_caf(id.error());
    sinks.emplace(*id, request.sink);
    // The answer must reach the watcher before the first batch does.
    self->send(self, caf::tick_atom_v);
    return watch_opened{*id};
  }

  void on_ack(const watch_ack& ack) {
    catch_up();
    state().watches.ack(ack.watch);
    finish();
  }

  void on_close(const close_watch& request) {
    state().watches.close(request.watch);
    sinks.erase(request.watch);
  }

  /// The webhook may have to be asked first.
  caf::result<object_ptr> on_create(const create_object& request) {
    catch_up();
    auto fault = model->api_fault("create");
    auto promise = self->make_response_promise<object_ptr>();
    if (fault != ec::none && fault != ec::timeout) {
      promise.deliver(fail(fault, "the test says " + std::string(to_string(fault))));
    } else {
      create(state(), request, [promise, fault](const outcome<object_ptr>& result) mutable {
        if (fault != ec::timeout)
          keep(promise, result);
      });
    }
    finish();
    return promise;
  }

  void on_webhook(connect_webhook& request) {
    webhook = std::move(request.webhook);
    if (!webhook) {
      state().webhook = nullptr;
      return;
    }
    // Only noted: the model may be altered by hand, outside of any handler.
    state().webhook = [this](uint64_t ticket, const admission_review& review) {
      reviews.emplace_back(ticket, review);
    };
  }

  /// Fails open: no answer in time, or an error, and the pod is created as it is.
  void ask_webhook(uint64_t ticket, const admission_review& review) {
    self->request(webhook, model->config().webhook_timeout, review)
      .then([this, ticket](admission_response& answer) { admit(ticket, std::move(answer)); },
            [this, ticket](caf::error&) { admit(ticket, std::nullopt); });
  }

  void admit(uint64_t ticket, std::optional<admission_response> answer) {
    catch_up();
    answer_admission(state(), ticket, answer);
    finish();
  }
};

cluster_self::behavior_type embedded_cluster(
  cluster_self::stateful_pointer<cluster_actor_state> self, wall_anchor anchor,
  std::shared_ptr<cluster_model> model) {
  auto& st = self->state;
  st.anchor = anchor;
  st.model = std::move(model);
  st.model->on_altered = [me = caf::actor_cast<caf::actor>(self)] {
    caf::anon_send(me, caf::tick_atom_v);
  };
  st.on_tick();
  auto& model_state = st.model->state();
  return {
    [&](const list_query& q) {
      return st.serve<object_list>("list",
                                   [&] { return model_state.store.list(q, model_state.now); });
    },
    [&](const get_query& q) {
      return st.serve<object_ptr>("get", [&] { return get(model_state, q.key); });
    },
    [&](open_watch& m) { return st.on_open_watch(m); },
    [&](const watch_ack& m) { st.on_ack(m); },
    [&](const close_watch& m) { st.on_close(m); },
    [&](const node_metrics_query& q) {
      return st.serve<node_metrics_ptr>("metrics",
                                        [&] { return read_metrics(model_state, q.node); });
    },
    [&](const create_object& m) { return st.on_create(m); },
    [&](const update_object& m) {
      return st.serve<object_ptr>("update", [&] { return update(model_state, m); });
    },
    [&](const patch_metadata& m) {
      return st.serve<object_ptr>("patch", [&] { return patch(model_state, m); });
    },
    [&](const delete_object& m) {
      return st.serve<write_done>("delete", [&] { return remove(model_state, m); });
    },
    [&](const resize_pod& m) {
      return st.serve<object_ptr>("resize", [&] { return resize(model_state, m); });
    },
    [&](const evict_pod& m) {
      return st.serve<write_done>("evict", [&] { return evict(model_state, m); });
    },
    [&](const token_query& q) {
      return st.serve<user_info>("token", [&] { return review_token(model_state, q); });
    },
    [&](const access_query& q) {
      return st.serve<access_answer>(
        "access", [&] { return outcome<access_answer>{review_access(model_state, q)}; });
    },
    [&](connect_webhook& m) { st.on_webhook(m); },
    [&](const statistics_query&) {
      st.catch_up();
      return st.model->statistics();
    },
    [&](caf::tick_atom) { st.on_tick(); },
    [&](uint64_t late) { st.on_late(late); },
  };
}

}  // namespace

embedded_cluster_actor spawn_embedded_cluster(caf::actor_system& sys, wall_anchor anchor,
                                              std::shared_ptr<cluster_model> model) {
  return sys.spawn(embedded_cluster, anchor, std::move(model));
}

}  // namespace scaleops::embedded
