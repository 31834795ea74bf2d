#include "integration/sim/faults/faulty_kube.hpp"

#include <array>
#include <deque>
#include <map>
#include <set>
#include <utility>

#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace scaleops::sim {

namespace {

using faulty_self =
  faulty_kube_actor::extend_with<watch_sink_actor>::extend<caf::reacts_to<uint64_t /* late */>>;

constexpr size_t remembered_events = 4;  // of each watch, to be repeated

/// A watch on its way through.
struct relay {
  watch_sink_actor sink;
  bool answered = false;  // its opening: events must not be faster than that
  bool deaf = false;      // half open: nothing comes any more, nobody is told
  std::deque<watch_event> past;
};

/// Whether another writer may have been faster.
bool is_optimistic(const update_object& request) {
  return request.object && meta_of(*request.object).resource_version != 0;
}
bool is_optimistic(const patch_metadata& request) {
  return request.resource_version != 0;
}
template <class Request>
bool is_optimistic(const Request&) {
  return false;
}
template <class Request>
constexpr bool reads_history =
  std::is_same_v<Request, list_query> || std::is_same_v<Request, open_watch>;
template <class Request>
constexpr bool writes = std::is_constructible_v<kube_write, Request>;

struct faulty_state {
  static inline const char* name = "faulty_kube";
  explicit faulty_state(faulty_self::pointer self) : self{self} {}

  faulty_self::pointer self;
  kube_actor cluster;
  kube_road_ptr road;
  std::map<uint64_t, relay> relays;  // by watch
  std::set<caf::actor_addr> monitored;
  std::map<uint64_t, std::function<void()>> late;
  uint64_t late_count = 0;

  // ---- time ----

  milliseconds latency() {
    auto low = road->weather.latency_low.count(), high = road->weather.latency_high.count();
    return milliseconds{low +
                        int64_t(road->dice.below(uint64_t(std::max<int64_t>(0, high - low)) + 1))};
  }

  void after(milliseconds delay, std::function<void()> go) {
    if (delay == milliseconds{0})
      return go();
    late.emplace(++late_count, std::move(go));
    self->delayed_send(self, delay, late_count);
  }

  void on_late(uint64_t id) {
    if (auto found = late.extract(id))
      found.mapped()();
  }

  // ---- requests ----

  /// What becomes of a request besides being carried out.
  struct fate {
    ec code = ec::none;
    bool lost = false;
    bool answer_lost = false;
  };

  template <class Request>
  fate draw_fate(const Request& request) {
    auto& w = road->weather;
    fate out;
    if (w.calm())
      return out;
    auto& dice = road->dice;
    out.lost = w.cut || dice.chance(w.lose_request);
    out.answer_lost = dice.chance(w.lose_answer);
    if constexpr (writes<Request>)
      out.answer_lost |= w.lose_written > 0 && dice.chance(w.lose_written);
    static constexpr std::array troubles = {ec::too_many_requests, ec::server_error,
                                            ec::unavailable};
    if (dice.chance(w.fail))
      out.code = troubles[dice.below(troubles.size())];
    else if (is_optimistic(request) && dice.chance(w.conflict))
      out.code = ec::conflict;
    else if (reads_history<Request> && dice.chance(w.gone))
      out.code = ec::gone;
    return out;
  }

  template <class Result, class Request>
  caf::result<Result> pass(Request& request) {
    ++road->passed;
    if (road->weather.calm() && !(writes<Request> && road->mutation)) {
      tell_write(request);
      return self->delegate(cluster, std::move(request));
    }
    auto promise = self->make_response_promise<Result>();
    auto fate = draw_fate(request);
    road->spoiled += fate.lost || fate.answer_lost || fate.code != ec::none;
    if (fate.lost)
      return promise;  // a promise that is never kept: the sender's time-out will tell
    after(latency(), [this, promise, fate, request = std::move(request)]() mutable {
      if (fate.code != ec::none)
        return answer<Result>(promise, fail(fate.code, "the weather says no"));
      arrive<Result>(promise, std::move(request), fate.answer_lost);
    });
    return promise;
  }

  template <class Result, class Request>
  void arrive(caf::typed_response_promise<Result> promise, Request request, bool answer_lost) {
    if constexpr (writes<Request>)
      if (road->mutation)
        return arrive_mutated<Result>(promise, kube_write{std::move(request)}, answer_lost);
    tell_write(request);
    forward<Result>(promise, std::move(request), answer_lost);
  }

  template <class Result, class Request>
  void forward(caf::typed_response_promise<Result> promise, Request request, bool answer_lost) {
    self->request(cluster, caf::infinite, std::move(request))
      .then(
        [this, promise, answer_lost](Result& result) mutable {
          if (!answer_lost)
            answer<Result>(promise, std::move(result));
        },
        [this, promise, answer_lost](caf::error& error) mutable {
          if (!answer_lost)
            answer<Result>(promise, std::move(error));
        });
  }

  /// A mutant may have made another request of it, whose answer nobody waits for.
  template <class Result>
  void arrive_mutated(caf::typed_response_promise<Result> promise, kube_write what,
                      bool answer_lost) {
    auto changed = road->mutation(std::move(what));
    if (!changed) {
      if constexpr (std::is_same_v<Result, write_done>)
        promise.deliver(write_done{});
      else
        promise.deliver(object_ptr{});
      return;
    }
    std::visit(
      [&](auto& request) {
        using request_type = std::decay_t<decltype(request)>;
        constexpr bool done =
          std::is_same_v<request_type, delete_object> || std::is_same_v<request_type, evict_pod>;
        tell_write(request);
        if constexpr (done == std::is_same_v<Result, write_done>) {
          forward<Result>(promise, std::move(request), answer_lost);
        } else {
          self->anon_send(cluster, std::move(request));
        }
      },
      *changed);
  }

  template <class Result, class Answer>
  void answer(caf::typed_response_promise<Result> promise, Answer what) {
    if (road->weather.cut)
      return;
    after(latency(),
          [promise, what = std::move(what)]() mutable { promise.deliver(std::move(what)); });
  }

  template <class Request>
  void tell_write(const Request& request) {
    if constexpr (writes<Request>)
      if (road->write)
        road->write(kube_write{request});
  }

  // ---- watches ----

  caf::result<watch_opened> on_open(open_watch& request) {
    ++road->passed;
    auto promise = self->make_response_promise<watch_opened>();
    auto fate = draw_fate(request);
    if (fate.lost)
      return promise;
    after(latency(), [this, promise, fate, request = std::move(request)]() mutable {
      if (fate.code != ec::none)
        return answer<watch_opened>(promise, fail(fate.code, "the weather says no"));
      auto sink = std::exchange(request.sink, caf::actor_cast<watch_sink_actor>(self));
      self->request(cluster, caf::infinite, std::move(request))
        .then(
          [this, promise, sink, lost = fate.answer_lost](watch_opened& opened) {
            on_opened(promise, sink, opened.watch, lost);
          },
          [this, promise](caf::error& error) { answer<watch_opened>(promise, std::move(error)); });
    });
    return promise;
  }

  void on_opened(caf::typed_response_promise<watch_opened> promise, const watch_sink_actor& sink,
                 uint64_t watch, bool lost) {
    if (lost || road->weather.cut) {
      self->send(cluster, close_watch{watch});
      return;
    }
    relays[watch].sink = sink;
    if (monitored.insert(sink.address()).second)
      self->monitor(sink);
    after(latency(), [this, promise, watch]() mutable {
      promise.deliver(watch_opened{watch});
      auto found = relays.find(watch);
      if (found == relays.end())
        return;
      found->second.answered = true;
      if (!held.contains(watch))
        return;
      auto batch = std::move(held.extract(watch).mapped());
      hand_over(batch);
    });
  }
  std::map<uint64_t, watch_events> held;  // came before the opening's answer had left

  void on_events(watch_events& batch) {
    auto found = relays.find(batch.watch);
    if (found == relays.end())
      return;
    auto& one = found->second;
    one.deaf |= road->weather.cut;
    if (one.deaf)
      return;
    remember_and_repeat(one, batch);
    if (!one.answered) {
      held.insert_or_assign(batch.watch, std::move(batch));
      return;
    }
    after(latency(), [this, batch = std::move(batch)]() mutable { hand_over(batch); });
  }

  void hand_over(watch_events& batch) {
    auto found = relays.find(batch.watch);
    if (found != relays.end() && !found->second.deaf)
      self->send(found->second.sink, std::move(batch));
  }

  void remember_and_repeat(relay& one, watch_events& batch) {
    auto fresh = batch.events;
    if (!one.past.empty() && road->dice.chance(road->weather.repeat))
      batch.events.insert(batch.events.begin(), one.past.begin(), one.past.end());
    for (auto& event : fresh)
      if (event.object)
        one.past.push_back(event);
    while (one.past.size() > remembered_events)
      one.past.pop_front();
  }

  void on_closed(const watch_closed& closed) {
    auto gone = relays.extract(closed.watch);
    held.erase(closed.watch);
    if (gone.empty() || gone.mapped().deaf || road->weather.cut)
      return;
    after(latency(), [this, sink = gone.mapped().sink, closed] { self->send(sink, closed); });
  }

  void on_ack(const watch_ack& ack) {
    if (!road->weather.cut)
      self->send(cluster, ack);
  }

  void on_close(const close_watch& request) {
    relays.erase(request.watch);
    held.erase(request.watch);
    self->send(cluster, request);
  }

  void on_break(const break_watches& order) {
    for (auto it = relays.begin(); it != relays.end();) {
      auto& [id, one] = *it;
      if (order.silently) {
        one.deaf = true;
        ++it;
        continue;
      }
      self->send(one.sink, watch_closed{id, order.reason});
      self->send(cluster, close_watch{id});
      held.erase(id);
      it = relays.erase(it);
    }
  }

  void on_down(const caf::down_msg& down) {
    monitored.erase(down.source);
    for (auto it = relays.begin(); it != relays.end();) {
      if (it->second.sink != down.source) {
        ++it;
        continue;
      }
      self->send(cluster, close_watch{it->first});
      held.erase(it->first);
      it = relays.erase(it);
    }
  }
};

faulty_self::behavior_type faulty_kube(faulty_self::stateful_pointer<faulty_state> self,
                                       kube_actor cluster, kube_road_ptr road) {
  auto& st = self->state;
  st.cluster = std::move(cluster);
  st.road = std::move(road);
  self->set_down_handler([&st](const caf::down_msg& down) { st.on_down(down); });
  return {
    [&st](list_query& q) { return st.pass<object_list>(q); },
    [&st](get_query& q) { return st.pass<object_ptr>(q); },
    [&st](open_watch& m) { return st.on_open(m); },
    [&st](const watch_ack& m) { st.on_ack(m); },
    [&st](const close_watch& m) { st.on_close(m); },
    [&st](node_metrics_query& q) { return st.pass<node_metrics_ptr>(q); },
    [&st](create_object& m) { return st.pass<object_ptr>(m); },
    [&st](update_object& m) { return st.pass<object_ptr>(m); },
    [&st](patch_metadata& m) { return st.pass<object_ptr>(m); },
    [&st](delete_object& m) { return st.pass<write_done>(m); },
    [&st](resize_pod& m) { return st.pass<object_ptr>(m); },
    [&st](evict_pod& m) { return st.pass<write_done>(m); },
    [&st](token_query& q) { return st.pass<user_info>(q); },
    [&st](access_query& q) { return st.pass<access_answer>(q); },
    [&st](const break_watches& m) { st.on_break(m); },
    [&st](watch_events& m) { st.on_events(m); },
    [&st](const watch_closed& m) { st.on_closed(m); },
    [&st](uint64_t id) { st.on_late(id); },
  };
}

}  // namespace

faulty_kube_actor spawn_faulty_kube(caf::actor_system& sys, kube_actor cluster,
                                    kube_road_ptr road) {
  return sys.spawn(faulty_kube, std::move(cluster), std::move(road));
}

}  // namespace scaleops::sim
